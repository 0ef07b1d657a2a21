/* Does something to the N-th call with which a program changes files, counted over all its threads (strace counts each
   thread by itself, so that the later calls of a second thread are never reached). Linux on x86-64.

     faults-at NOTE N ACTION PROGRAM ARGUMENT...

   ACTION is kill (with SIGKILL, before the call is made), an errno (the call is not made and fails with it; only a write can
   be interrupted by EINTR) or short (a write takes half); with + it befalls all calls from there on. With N 0 calls are only
   counted. NOTE gets the number of calls that were
   counted and the names of those that were struck. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct { long number; const char *name; int is_write; } CALLS[] = {
#define C(name) {SYS_##name, #name, 0}
#define W(name) {SYS_##name, #name, 1}
    W(write), W(pwrite64), C(writev), C(pwritev), C(fsync), C(fdatasync), C(syncfs), C(sync_file_range), C(rename), C(renameat),
    C(renameat2), C(link), C(linkat), C(symlink), C(symlinkat), C(unlink), C(unlinkat), C(rmdir), C(mkdir), C(mkdirat),
    C(truncate), C(ftruncate), C(fallocate), C(chmod), C(fchmod), C(fchmodat), C(utimensat), C(copy_file_range),
    C(sendfile), C(open), C(openat)};

/* Returns the index of a call that changes a file, or -1. */
static int changes(pid_t thread, const struct user_regs_struct *registers) {
    for (int i = 0; i < (int)(sizeof CALLS / sizeof *CALLS); i++) {
        if (CALLS[i].number != (long)registers->orig_rax) continue;
        if (CALLS[i].number == SYS_open) return registers->rsi & (O_CREAT | O_TRUNC) ? i : -1;
        if (CALLS[i].number == SYS_openat) return registers->rdx & (O_CREAT | O_TRUNC) ? i : -1;
        if (CALLS[i].is_write) {
            /* Neither the terminal nor a pipe nor what wakes a thread. */
            char link[64], path[2];
            snprintf(link, sizeof link, "/proc/%d/fd/%d", thread, (int)registers->rdi);
            if (registers->rdi <= 2 || readlink(link, path, 1) != 1 || path[0] != '/') return -1;
        }
        return i;
    }
    return -1;
}

int main(int count, char **arguments) {
    if (count < 5) return 2;
    FILE *note = fopen(arguments[1], "w");
    long at = atol(arguments[2]), seen = 0;
    char *action = arguments[3];
    int kills = !strcmp(action, "kill"), shortens = !strncmp(action, "short", 5), error = atoi(action);
    int goes_on = strchr(action, '+') != NULL;
    pid_t first = fork();
    if (first == 0) {
        fclose(note);
        ptrace(PTRACE_TRACEME, 0, 0, 0);
        raise(SIGSTOP);
        execvp(arguments[4], arguments + 4);
        _exit(127);
    }
    int status;
    waitpid(first, &status, 0);
    ptrace(PTRACE_SETOPTIONS, first, 0,
           PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL);
    ptrace(PTRACE_SYSCALL, first, 0, 0);
    /* Threads that are inside a call, and what that call is to return. */
    static char inside[1 << 22];
    static int answer[1 << 22];
    int ended = 1;
    for (pid_t thread; (thread = waitpid(-1, &status, __WALL)) > 0;) {
        if (WIFEXITED(status) || WIFSIGNALED(status)) {
            inside[thread] = 0;
            if (thread == first) ended = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
            continue;
        }
        int signal = WSTOPSIG(status);
        if (signal == (SIGTRAP | 0x80)) {
            struct user_regs_struct registers;
            if (ptrace(PTRACE_GETREGS, thread, 0, &registers)) continue;
            inside[thread] = !inside[thread];
            int call = inside[thread] ? changes(thread, &registers) : -1;
            if (call >= 0) {
                seen++;
                int struck = at && (seen == at || (goes_on && seen > at));
                if (struck) fprintf(note, "%s ", CALLS[call].name);
                if (struck && kills) {
                    kill(first, SIGKILL);
                    continue;
                }
                if (struck && shortens && CALLS[call].is_write && registers.rdx > 1) {
                    registers.rdx /= 2;
                    ptrace(PTRACE_SETREGS, thread, 0, &registers);
                } else if (struck && error && (error != EINTR || CALLS[call].is_write)) {
                    registers.orig_rax = -1;
                    ptrace(PTRACE_SETREGS, thread, 0, &registers);
                    answer[thread] = error;
                }
            } else if (!inside[thread] && answer[thread]) {
                registers.rax = -answer[thread];
                ptrace(PTRACE_SETREGS, thread, 0, &registers);
                answer[thread] = 0;
            }
            signal = 0;
        } else if (signal == SIGTRAP || signal == SIGSTOP) {
            signal = 0;
        }
        ptrace(PTRACE_SYSCALL, thread, 0, signal);
    }
    fprintf(note, "\n%ld\n", seen);
    fclose(note);
    return ended;
}
