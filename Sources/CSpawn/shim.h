/* The one call of <spawn.h> that Swift's own module of the C library leaves out. */
#include <spawn.h>
int posix_spawn_file_actions_addchdir_np(posix_spawn_file_actions_t *, const char *);
