#include "cli/docker_template.h"

#include "common/own.h"

#include <string.h>

/* clang-format off: texts, with ' for " */
static const char *const document[] = {
  "{'ociVersion':'1.2.1','process':{'user':{'uid':0,'gid':0,'additionalGids':[0]},'args':['sh'],",
  "'env':['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],'cwd':'/',",
  "'capabilities':{'bounding':['CAP_CHOWN','CAP_DAC_OVERRIDE','CAP_FSETID','CAP_FOWNER','CAP_MKNOD',",
  "'CAP_NET_RAW','CAP_SETGID','CAP_SETUID','CAP_SETFCAP','CAP_SETPCAP','CAP_NET_BIND_SERVICE',",
  "'CAP_SYS_CHROOT','CAP_KILL','CAP_AUDIT_WRITE'],'effective':['CAP_CHOWN','CAP_DAC_OVERRIDE',",
  "'CAP_FSETID','CAP_FOWNER','CAP_MKNOD','CAP_NET_RAW','CAP_SETGID','CAP_SETUID','CAP_SETFCAP',",
  "'CAP_SETPCAP','CAP_NET_BIND_SERVICE','CAP_SYS_CHROOT','CAP_KILL','CAP_AUDIT_WRITE'],",
  "'permitted':['CAP_CHOWN','CAP_DAC_OVERRIDE','CAP_FSETID','CAP_FOWNER','CAP_MKNOD','CAP_NET_RAW',",
  "'CAP_SETGID','CAP_SETUID','CAP_SETFCAP','CAP_SETPCAP','CAP_NET_BIND_SERVICE','CAP_SYS_CHROOT',",
  "'CAP_KILL','CAP_AUDIT_WRITE']},'oomScoreAdj':0},",
  "'root':{'path':'/var/lib/docker/overlay2/preview/merged'},'hostname':'preview',",
  "'mounts':[{'destination':'/proc','type':'proc','source':'proc','options':['nosuid','noexec',",
  "'nodev']},{'destination':'/dev','type':'tmpfs','source':'tmpfs','options':['nosuid','strictatime',",
  "'mode=755','size=65536k']},{'destination':'/dev/pts','type':'devpts','source':'devpts',",
  "'options':['nosuid','noexec','newinstance','ptmxmode=0666','mode=0620','gid=5']},",
  "{'destination':'/sys','type':'sysfs','source':'sysfs','options':['nosuid','noexec','nodev','ro']},",
  "{'destination':'/sys/fs/cgroup','type':'cgroup','source':'cgroup','options':['ro','nosuid','noexec',",
  "'nodev']},{'destination':'/dev/mqueue','type':'mqueue','source':'mqueue','options':['nosuid',",
  "'noexec','nodev']},{'destination':'/dev/shm','type':'tmpfs','source':'shm','options':['nosuid',",
  "'noexec','nodev','mode=1777','size=67108864']}],",
  "'linux':{'sysctl':{'net.ipv4.ip_unprivileged_port_start':'0',",
  "'net.ipv4.ping_group_range':'0 2147483647'},'resources':{'devices':[{'allow':false,'access':'rwm'},",
  "{'allow':true,'type':'c','major':1,'minor':5,'access':'rwm'},{'allow':true,'type':'c','major':1,",
  "'minor':3,'access':'rwm'},{'allow':true,'type':'c','major':1,'minor':9,'access':'rwm'},",
  "{'allow':true,'type':'c','major':1,'minor':8,'access':'rwm'},{'allow':true,'type':'c','major':5,",
  "'minor':0,'access':'rwm'},{'allow':true,'type':'c','major':5,'minor':1,'access':'rwm'},",
  "{'allow':false,'type':'c','major':10,'minor':229,'access':'rwm'},{'allow':false,'access':'rwm'},",
  "{'allow':true,'type':'c','major':1,'minor':5,'access':'rwm'},{'allow':true,'type':'c','major':1,",
  "'minor':3,'access':'rwm'},{'allow':true,'type':'c','major':1,'minor':9,'access':'rwm'},",
  "{'allow':true,'type':'c','major':1,'minor':8,'access':'rwm'},{'allow':true,'type':'c','major':5,",
  "'minor':0,'access':'rwm'},{'allow':true,'type':'c','major':5,'minor':1,'access':'rwm'},",
  "{'allow':false,'type':'c','major':10,'minor':229,'access':'rwm'}],",
  "'memory':{'disableOOMKiller':false},'blockIO':{}},'cgroupsPath':'/docker/preview',",
  "'namespaces':[{'type':'mount'},{'type':'network'},{'type':'uts'},{'type':'pid'},{'type':'ipc'}],",
  "'seccomp':null,'maskedPaths':['/proc/asound','/proc/acpi','/proc/interrupts','/proc/kcore',",
  "'/proc/keys','/proc/latency_stats','/proc/timer_list','/proc/timer_stats','/proc/sched_debug',",
  "'/proc/scsi','/sys/firmware','/sys/devices/virtual/powercap'],'readonlyPaths':['/proc/bus',",
  "'/proc/fs','/proc/irq','/proc/sys','/proc/sysrq-trigger']}}",
};

/* Without the rule that CAP_SYS_CHROOT brings. */
static const char *const profile[] = {
  "{'defaultAction':'SCMP_ACT_ERRNO','defaultErrnoRet':1,'architectures':['SCMP_ARCH_X86_64',",
  "'SCMP_ARCH_X86','SCMP_ARCH_X32'],'syscalls':[{'names':['accept','accept4','access','adjtimex',",
  "'alarm','bind','brk','cachestat','capget','capset','chdir','chmod','chown','chown32',",
  "'clock_adjtime','clock_adjtime64','clock_getres','clock_getres_time64','clock_gettime',",
  "'clock_gettime64','clock_nanosleep','clock_nanosleep_time64','close','close_range','connect',",
  "'copy_file_range','creat','dup','dup2','dup3','epoll_create','epoll_create1','epoll_ctl',",
  "'epoll_ctl_old','epoll_pwait','epoll_pwait2','epoll_wait','epoll_wait_old','eventfd','eventfd2',",
  "'execve','execveat','exit','exit_group','faccessat','faccessat2','fadvise64','fadvise64_64',",
  "'fallocate','fanotify_mark','fchdir','fchmod','fchmodat','fchmodat2','fchown','fchown32','fchownat',",
  "'fcntl','fcntl64','fdatasync','fgetxattr','flistxattr','flock','fork','fremovexattr','fsetxattr',",
  "'fstat','fstat64','fstatat64','fstatfs','fstatfs64','fsync','ftruncate','ftruncate64','futex',",
  "'futex_requeue','futex_time64','futex_wait','futex_waitv','futex_wake','futimesat','getcpu',",
  "'getcwd','getdents','getdents64','getegid','getegid32','geteuid','geteuid32','getgid','getgid32',",
  "'getgroups','getgroups32','getitimer','getpeername','getpgid','getpgrp','getpid','getppid',",
  "'getpriority','getrandom','getresgid','getresgid32','getresuid','getresuid32','getrlimit',",
  "'get_robust_list','getrusage','getsid','getsockname','getsockopt','get_thread_area','gettid',",
  "'gettimeofday','getuid','getuid32','getxattr','getxattrat','inotify_add_watch','inotify_init',",
  "'inotify_init1','inotify_rm_watch','io_cancel','ioctl','io_destroy','io_getevents','io_pgetevents',",
  "'io_pgetevents_time64','ioprio_get','ioprio_set','io_setup','io_submit','ipc','kill',",
  "'landlock_add_rule','landlock_create_ruleset','landlock_restrict_self','lchown','lchown32',",
  "'lgetxattr','link','linkat','listen','listmount','listxattr','listxattrat','llistxattr','_llseek',",
  "'lremovexattr','lseek','lsetxattr','lstat','lstat64','madvise','map_shadow_stack','membarrier',",
  "'memfd_create','memfd_secret','mincore','mkdir','mkdirat','mknod','mknodat','mlock','mlock2',",
  "'mlockall','mmap','mmap2','mprotect','mq_getsetattr','mq_notify','mq_open','mq_timedreceive',",
  "'mq_timedreceive_time64','mq_timedsend','mq_timedsend_time64','mq_unlink','mremap','mseal','msgctl',",
  "'msgget','msgrcv','msgsnd','msync','munlock','munlockall','munmap','name_to_handle_at','nanosleep',",
  "'newfstatat','_newselect','open','openat','openat2','pause','pidfd_open','pidfd_send_signal','pipe',",
  "'pipe2','pkey_alloc','pkey_free','pkey_mprotect','poll','ppoll','ppoll_time64','prctl','pread64',",
  "'preadv','preadv2','prlimit64','process_mrelease','pselect6','pselect6_time64','pwrite64','pwritev',",
  "'pwritev2','read','readahead','readlink','readlinkat','readv','recv','recvfrom','recvmmsg',",
  "'recvmmsg_time64','recvmsg','remap_file_pages','removexattr','removexattrat','rename','renameat',",
  "'renameat2','restart_syscall','riscv_hwprobe','rmdir','rseq','rt_sigaction','rt_sigpending',",
  "'rt_sigprocmask','rt_sigqueueinfo','rt_sigreturn','rt_sigsuspend','rt_sigtimedwait',",
  "'rt_sigtimedwait_time64','rt_tgsigqueueinfo','sched_getaffinity','sched_getattr','sched_getparam',",
  "'sched_get_priority_max','sched_get_priority_min','sched_getscheduler','sched_rr_get_interval',",
  "'sched_rr_get_interval_time64','sched_setaffinity','sched_setattr','sched_setparam',",
  "'sched_setscheduler','sched_yield','seccomp','select','semctl','semget','semop','semtimedop',",
  "'semtimedop_time64','send','sendfile','sendfile64','sendmmsg','sendmsg','sendto','setfsgid',",
  "'setfsgid32','setfsuid','setfsuid32','setgid','setgid32','setgroups','setgroups32','setitimer',",
  "'setpgid','setpriority','setregid','setregid32','setresgid','setresgid32','setresuid','setresuid32',",
  "'setreuid','setreuid32','setrlimit','set_robust_list','setsid','setsockopt','set_thread_area',",
  "'set_tid_address','setuid','setuid32','setxattr','setxattrat','shmat','shmctl','shmdt','shmget',",
  "'shutdown','sigaltstack','signalfd','signalfd4','sigprocmask','sigreturn','socketcall','socketpair',",
  "'splice','stat','stat64','statfs','statfs64','statmount','statx','symlink','symlinkat','sync',",
  "'sync_file_range','syncfs','sysinfo','tee','tgkill','time','timer_create','timer_delete',",
  "'timer_getoverrun','timer_gettime','timer_gettime64','timer_settime','timer_settime64',",
  "'timerfd_create','timerfd_gettime','timerfd_gettime64','timerfd_settime','timerfd_settime64',",
  "'times','tkill','truncate','truncate64','ugetrlimit','umask','uname','unlink','unlinkat',",
  "'uretprobe','utime','utimensat','utimensat_time64','utimes','vfork','vmsplice','wait4','waitid',",
  "'waitpid','write','writev'],'action':'SCMP_ACT_ALLOW'},{'names':['process_vm_readv',",
  "'process_vm_writev','ptrace'],'action':'SCMP_ACT_ALLOW'},{'names':['socket'],",
  "'action':'SCMP_ACT_ALLOW','args':[{'index':0,'value':40,'op':'SCMP_CMP_NE'}]},",
  "{'names':['personality'],'action':'SCMP_ACT_ALLOW','args':[{'index':0,'value':0,",
  "'op':'SCMP_CMP_EQ'}]},{'names':['personality'],'action':'SCMP_ACT_ALLOW','args':[{'index':0,",
  "'value':8,'op':'SCMP_CMP_EQ'}]},{'names':['personality'],'action':'SCMP_ACT_ALLOW',",
  "'args':[{'index':0,'value':131072,'op':'SCMP_CMP_EQ'}]},{'names':['personality'],",
  "'action':'SCMP_ACT_ALLOW','args':[{'index':0,'value':131080,'op':'SCMP_CMP_EQ'}]},",
  "{'names':['personality'],'action':'SCMP_ACT_ALLOW','args':[{'index':0,'value':4294967295,",
  "'op':'SCMP_CMP_EQ'}]},{'names':['arch_prctl'],'action':'SCMP_ACT_ALLOW'},{'names':['modify_ldt'],",
  "'action':'SCMP_ACT_ALLOW'},{'names':['clone'],'action':'SCMP_ACT_ALLOW','args':[{'index':0,",
  "'value':2114060288,'op':'SCMP_CMP_MASKED_EQ'}]},{'names':['clone3'],'action':'SCMP_ACT_ERRNO',",
  "'errnoRet':38}]}",
}; /* clang-format on */

#define N_ELEMENTS(a) (sizeof(a) / sizeof((a)[0]))

static struct cc_json *
parse(const char *const *parts, size_t count)
{
  cc_auto_free char *text = NULL;
  struct cc_json *doc = NULL;
  size_t length = 0;

  for (size_t i = 0; i < count; i++)
    length += strlen(parts[i]);
  text = cc_xcalloc(1, length + 1);
  for (size_t i = 0; i < count; i++)
    strcat(text, parts[i]);
  for (char *p = text; *p != '\0'; p++)
    if (*p == '\'')
      *p = '"';
  if (cc_json_parse(text, length, "template", &doc, NULL) < 0)
    abort(); /* a constant of this file */
  return doc;
}

struct cc_json *
cli_docker_template(void)
{
  struct cc_json *doc = parse(document, N_ELEMENTS(document));

  cc_jdel(cc_jget(cc_json_root(doc), "linux"), "seccomp");
  return doc;
}

struct cc_jval *
cli_docker_profile(struct cc_json *doc, bool chroot)
{
  cc_auto_json struct cc_json *own = parse(profile, N_ELEMENTS(profile));
  struct cc_jval *made = cc_jcopy(doc, cc_json_root(own)), *rule;

  if (!chroot)
    return made;
  rule = cc_jnew(doc, CC_JSON_OBJECT);
  cc_jappend_str(doc, cc_jneed_array(doc, rule, "names"), "chroot");
  cc_jset_str(doc, rule, "action", "SCMP_ACT_ALLOW");
  cc_jappend(cc_jget(made, "syscalls"), rule);
  return made;
}
