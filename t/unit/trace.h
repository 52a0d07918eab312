
/*
 * Copyright (C) ngx_news_module authors
 */


#ifndef _TRACE_H_INCLUDED_
#define _TRACE_H_INCLUDED_


/*
 * A child that stops before an instruction of choice.  What runs between two
 * "raise(SIGSTOP)" of it is seen step by step once; a point of that, "the nth
 * time that it comes here", is reached later by a breakpoint in another child
 * that starts from the same state.  For x86-64.
 */

#include <sys/ptrace.h>
#include <sys/types.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>


#define TRACE_TABLE   65536
#define TRACE_POINTS  20000


typedef struct {
    uint64_t  pc;
    uint32_t  nth;
    uint32_t  step;
} trace_point_t;


typedef struct {
    uint64_t  pc;
    uint32_t  n;
} trace_count_t;


static trace_point_t  trace_points[TRACE_POINTS];
static trace_count_t  trace_counts[TRACE_TABLE];


/* in the child, before and after what is looked at */

static inline void
trace_here(void)
{
    (void) raise(SIGSTOP);
}


static inline int
trace_me(void)
{
    return ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0 ? 0 : -1;
}


/* 1: has stopped for the tracer, 0: at the end, -1: is no more */

static inline int
trace_wait(pid_t pid)
{
    int  status;

    if (waitpid(pid, &status, 0) != pid || !WIFSTOPPED(status)) {
        return -1;
    }

    return WSTOPSIG(status) == SIGTRAP;
}


static inline uint64_t
trace_pc(pid_t pid)
{
    return (uint64_t) ptrace(PTRACE_PEEKUSER, pid,
                             offsetof(struct user_regs_struct, rip), NULL);
}


static inline uint32_t
trace_count(uint64_t pc)
{
    uint32_t  i;

    for (i = (uint32_t) (pc * 2654435761U) % TRACE_TABLE;
         trace_counts[i].pc != pc;
         i = (i + 1) % TRACE_TABLE)
    {
        if (trace_counts[i].pc == 0) {
            trace_counts[i].pc = pc;
            break;
        }
    }

    return ++trace_counts[i].n;
}


/*
 * Steps through a child that has stopped at the beginning; every instruction
 * after which "changed" says so is a point, as is one of "every" which is not
 * deep in a loop, where it would take long to get to.  Returns their number,
 * or -1 where it cannot be traced.
 */

static inline int
trace_steps(pid_t pid, unsigned every, int (*changed)(void))
{
    int       n, rc;
    uint64_t  pc;
    uint32_t  nth, step;

    n = 0;
    memset(trace_counts, 0, sizeof(trace_counts));

    for (step = 0; n < TRACE_POINTS; step++) {
        pc = trace_pc(pid);
        nth = trace_count(pc);

        if (step > 0 && (changed() || (step % every == 0 && nth < 10))) {
            trace_points[n].pc = pc;
            trace_points[n].nth = nth;
            trace_points[n].step = step;
            n++;
        }

        if (ptrace(PTRACE_SINGLESTEP, pid, NULL, NULL) != 0) {
            return -1;
        }

        rc = trace_wait(pid);

        if (rc != 1) {
            return (rc == 0) ? n : -1;
        }
    }

    return n;
}


/* from the beginning to a point; 0, or -1 when it was not reached */

static inline int
trace_to(pid_t pid, const trace_point_t *point)
{
    int       rc;
    long      text, trap;
    uint32_t  n;

    errno = 0;
    text = ptrace(PTRACE_PEEKTEXT, pid, point->pc, NULL);

    if (errno != 0) {
        return -1;
    }

    trap = (text & ~0xffL) | 0xcc;
    n = (trace_pc(pid) == point->pc);

    for ( ;; ) {

        if (n > 0) {
            if (n == point->nth) {
                return 0;
            }

            if (ptrace(PTRACE_SINGLESTEP, pid, NULL, NULL) != 0
                || trace_wait(pid) != 1)
            {
                return -1;
            }
        }

        if (ptrace(PTRACE_POKETEXT, pid, point->pc, trap) != 0
            || ptrace(PTRACE_CONT, pid, NULL, NULL) != 0)
        {
            return -1;
        }

        rc = trace_wait(pid);

        if (rc == -1
            || ptrace(PTRACE_POKETEXT, pid, point->pc, text) != 0
            || rc == 0
            || ptrace(PTRACE_POKEUSER, pid,
                      offsetof(struct user_regs_struct, rip), point->pc)
               != 0)
        {
            return -1;
        }

        n++;
    }
}


#endif /* _TRACE_H_INCLUDED_ */
