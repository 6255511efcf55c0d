/// What the C library's headers declare that generated code and its users include: <errno.h>, <math.h>, <pthread.h>, <stdatomic.h>, <stdint.h>,
/// <stdio.h>, <stdlib.h>, <string.h>, <sys/mman.h>, <unistd.h>, as clang lists them with glibc. The type `ID` of a model must be none of them.
let libraryNames = Set(
    """
    FILE a64l abort abs access acct acos acosf acosh acoshf acoshl acosl alarm aligned_alloc alloca arc4random arc4random_buf
    arc4random_uniform asctime asctime_r asin asinf asinh asinhf asinhl asinl at_quick_exit atan atan2 atan2f atan2l atanf atanh atanhf atanhl
    atanl atexit atof atoi atol atoll atomic_bool atomic_char atomic_char16_t atomic_char32_t atomic_flag atomic_flag_clear
    atomic_flag_clear_explicit atomic_flag_test_and_set atomic_flag_test_and_set_explicit atomic_int atomic_int_fast16_t atomic_int_fast32_t
    atomic_int_fast64_t atomic_int_fast8_t atomic_int_least16_t atomic_int_least32_t atomic_int_least64_t atomic_int_least8_t atomic_intmax_t
    atomic_intptr_t atomic_llong atomic_long atomic_ptrdiff_t atomic_schar atomic_short atomic_signal_fence atomic_size_t atomic_thread_fence
    atomic_uchar atomic_uint atomic_uint_fast16_t atomic_uint_fast32_t atomic_uint_fast64_t atomic_uint_fast8_t atomic_uint_least16_t
    atomic_uint_least32_t atomic_uint_least64_t atomic_uint_least8_t atomic_uintmax_t atomic_uintptr_t atomic_ullong atomic_ulong
    atomic_ushort atomic_wchar_t bcmp bcopy blkcnt_t blksize_t brk bsearch bzero caddr_t calloc cbrt cbrtf cbrtl ceil ceilf ceill chdir chown
    chroot clearenv clearerr clearerr_unlocked clock clock_getcpuclockid clock_getres clock_gettime clock_nanosleep clock_settime clock_t
    clockid_t close closefrom confstr copysign copysignf copysignl cos cosf cosh coshf coshl cosl cpu_set_t crypt ctermid ctime ctime_r
    daddr_t daemon daylight dev_t difftime div div_t double_t dprintf drand48 drand48_r drem dremf dreml dup dup2 dysize ecvt ecvt_r
    endusershell erand48 erand48_r erf erfc erfcf erfcl erff erfl execl execle execlp execv execve execvp exit exp exp2 exp2f exp2l expf expl
    explicit_bzero expm1 expm1f expm1l fabs fabsf fabsl faccessat fchdir fchown fchownat fclose fcvt fcvt_r fd_mask fd_set fdatasync fdim
    fdimf fdiml fdopen feof feof_unlocked ferror ferror_unlocked fexecve fflush fflush_unlocked ffs ffsl ffsll fgetc fgetc_unlocked fgetpos
    fgets fileno fileno_unlocked finite finitef finitel float_t flockfile floor floorf floorl fma fmaf fmal fmax fmaxf fmaxl fmemopen fmin
    fminf fminl fmod fmodf fmodl fopen fork fpathconf fpos_t fprintf fputc fputc_unlocked fputs fread fread_unlocked free freopen frexp frexpf
    frexpl fsblkcnt_t fscanf fseek fseeko fsetpos fsfilcnt_t fsid_t fsync ftell ftello ftruncate ftrylockfile funlockfile fwrite
    fwrite_unlocked gamma gammaf gammal gcvt getc getc_unlocked getchar getchar_unlocked getcwd getdelim getdomainname getdtablesize getegid
    getentropy getenv geteuid getgid getgroups gethostid gethostname getline getloadavg getlogin getlogin_r getopt getpagesize getpass getpgid
    getpgrp getpid getppid getsid getsubopt getuid getusershell getw getwd gid_t gmtime gmtime_r hypot hypotf hypotl id_t ilogb ilogbf ilogbl
    index initstate initstate_r ino_t int16_t int8_t int_fast16_t int_fast32_t int_fast64_t int_fast8_t int_least16_t int_least32_t
    int_least64_t int_least8_t intmax_t intptr_t isatty isinf isinff isinfl isnan isnanf isnanl j0 j0f j0l j1 j1f j1l jn jnf jnl jrand48
    jrand48_r key_t l64a labs lchown lcong48 lcong48_r ldexp ldexpf ldexpl ldiv ldiv_t lgamma lgamma_r lgammaf lgammaf_r lgammal lgammal_r
    link linkat llabs lldiv lldiv_t llrint llrintf llrintl llround llroundf llroundl locale_t localtime localtime_r lockf loff_t log log10
    log10f log10l log1p log1pf log1pl log2 log2f log2l logb logbf logbl logf logl lrand48 lrand48_r lrint lrintf lrintl lround lroundf lroundl
    lseek madvise malloc max_align_t mblen mbstowcs mbtowc memccpy memchr memcmp memcpy memmove memory_order memset mincore mkdtemp mkstemp mkstemps mktemp
    mktime mlock mlockall mmap mode_t modf modff modfl mprotect mrand48 mrand48_r msync munlock munlockall munmap nan nanf nanl nanosleep nearbyint nearbyintf nearbyintl nextafter nextafterf nextafterl
    nexttoward nexttowardf nexttowardl nice nlink_t nrand48 nrand48_r off_t on_exit open_memstream optarg opterr optind optopt pathconf pause
    pclose perror pid_t pipe popen posix_madvise posix_memalign pow powf powl pread printf profil pselect pthread_atfork pthread_attr_destroy
    pthread_attr_getdetachstate pthread_attr_getguardsize pthread_attr_getinheritsched pthread_attr_getschedparam pthread_attr_getschedpolicy
    pthread_attr_getscope pthread_attr_getstack pthread_attr_getstackaddr pthread_attr_getstacksize pthread_attr_init
    pthread_attr_setdetachstate pthread_attr_setguardsize pthread_attr_setinheritsched pthread_attr_setschedparam pthread_attr_setschedpolicy
    pthread_attr_setscope pthread_attr_setstack pthread_attr_setstackaddr pthread_attr_setstacksize pthread_attr_t pthread_barrier_destroy
    pthread_barrier_init pthread_barrier_t pthread_barrier_wait pthread_barrierattr_destroy pthread_barrierattr_getpshared
    pthread_barrierattr_init pthread_barrierattr_setpshared pthread_barrierattr_t pthread_cancel pthread_cond_broadcast pthread_cond_destroy
    pthread_cond_init pthread_cond_signal pthread_cond_t pthread_cond_timedwait pthread_cond_wait pthread_condattr_destroy
    pthread_condattr_getclock pthread_condattr_getpshared pthread_condattr_init pthread_condattr_setclock pthread_condattr_setpshared
    pthread_condattr_t pthread_create pthread_detach pthread_equal pthread_exit pthread_getcpuclockid pthread_getschedparam
    pthread_getspecific pthread_join pthread_key_create pthread_key_delete pthread_key_t pthread_mutex_consistent pthread_mutex_destroy
    pthread_mutex_getprioceiling pthread_mutex_init pthread_mutex_lock pthread_mutex_setprioceiling pthread_mutex_t pthread_mutex_timedlock
    pthread_mutex_trylock pthread_mutex_unlock pthread_mutexattr_destroy pthread_mutexattr_getprioceiling pthread_mutexattr_getprotocol
    pthread_mutexattr_getpshared pthread_mutexattr_getrobust pthread_mutexattr_gettype pthread_mutexattr_init pthread_mutexattr_setprioceiling
    pthread_mutexattr_setprotocol pthread_mutexattr_setpshared pthread_mutexattr_setrobust pthread_mutexattr_settype pthread_mutexattr_t
    pthread_once pthread_once_t pthread_rwlock_destroy pthread_rwlock_init pthread_rwlock_rdlock pthread_rwlock_t pthread_rwlock_timedrdlock
    pthread_rwlock_timedwrlock pthread_rwlock_tryrdlock pthread_rwlock_trywrlock pthread_rwlock_unlock pthread_rwlock_wrlock
    pthread_rwlockattr_destroy pthread_rwlockattr_getkind_np pthread_rwlockattr_getpshared pthread_rwlockattr_init
    pthread_rwlockattr_setkind_np pthread_rwlockattr_setpshared pthread_rwlockattr_t pthread_self pthread_setcancelstate pthread_setcanceltype
    pthread_setschedparam pthread_setschedprio pthread_setspecific pthread_spin_destroy pthread_spin_init pthread_spin_lock
    pthread_spin_trylock pthread_spin_unlock pthread_spinlock_t pthread_t pthread_testcancel ptrdiff_t putc putc_unlocked putchar
    putchar_unlocked putenv puts putw pwrite qecvt qecvt_r qfcvt qfcvt_r qgcvt qsort quad_t quick_exit rand rand_r random random_r read
    readlink readlinkat realloc reallocarray realpath register_t remainder remainderf remainderl remove remquo remquof remquol rename renameat
    revoke rewind rindex rint rintf rintl rmdir round roundf roundl rpmatch sbrk scalb scalbf scalbl scalbln scalblnf scalblnl scalbn scalbnf
    scalbnl scanf sched_get_priority_max sched_get_priority_min sched_getparam sched_getscheduler sched_rr_get_interval sched_setparam
    sched_setscheduler sched_yield seed48 seed48_r select setbuf setbuffer setdomainname setegid setenv seteuid setgid sethostid sethostname
    setlinebuf setlogin setpgid setpgrp setregid setreuid setsid setstate setstate_r setuid setusershell setvbuf shm_open shm_unlink signgam significand
    significandf significandl sigset_t sin sinf sinh sinhf sinhl sinl sleep snprintf socklen_t sprintf sqrt sqrtf sqrtl srand srand48
    srand48_r srandom srandom_r sscanf ssize_t stderr stdin stdout stpcpy stpncpy strcasecmp strcasecmp_l strcat strchr strcmp strcoll
    strcoll_l strcpy strcspn strdup strerror strerror_l strerror_r strftime strftime_l strlen strncasecmp strncasecmp_l strncat strncmp
    strncpy strndup strnlen strpbrk strrchr strsep strsignal strspn strstr strtod strtof strtok strtok_r strtol strtold strtoll strtoq strtoul
    strtoull strtouq strxfrm strxfrm_l suseconds_t symlink symlinkat sync syscall sysconf system tan tanf tanh tanhf tanhl tanl tcgetpgrp
    tcsetpgrp tempnam tgamma tgammaf tgammal time time_t timegm timelocal timer_create timer_delete timer_getoverrun timer_gettime
    timer_settime timer_t timespec_get timezone tmpfile tmpnam tmpnam_r trunc truncate truncf truncl ttyname ttyname_r ttyslot tzname tzset
    u_char u_int u_int16_t u_int32_t u_int64_t u_int8_t u_long u_quad_t u_short ualarm uid_t uint uint16_t uint8_t uint_fast16_t uint_fast32_t
    uint_fast64_t uint_fast8_t uint_least16_t uint_least32_t uint_least64_t uint_least8_t uintmax_t uintptr_t ulong ungetc unlink unlinkat
    unsetenv useconds_t ushort usleep va_list valloc vdprintf vfork vfprintf vfscanf vhangup vprintf vscanf vsnprintf vsprintf vsscanf
    wcstombs wctomb write y0 y0f y0l y1 y1f y1l yn ynf ynl
    """.split(whereSeparator: \.isWhitespace).map(String.init))
