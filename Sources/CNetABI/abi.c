#include "netc_abi.h"
