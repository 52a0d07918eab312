
/*
 * Copyright (C) ngx_news_module authors
 */


/*
 * Replays inputs through a fuzz target without libFuzzer: each argument is a
 * file or a folder of files.  Prints TAP, one line an input; a target that
 * finds something aborts.
 */

#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replay_file(const char *path);
static int replay_folder(const char *path);

static int  replayed;


static int
replay_file(const char *path)
{
    long      size;
    FILE     *f;
    size_t    n;
    uint8_t  *data;

    f = fopen(path, "rb");
    if (f == NULL) {
        perror(path);
        return 1;
    }

    fseek(f, 0, SEEK_END);
    size = ftell(f);
    rewind(f);

    data = malloc(size > 0 ? (size_t) size : 1);
    if (data == NULL) {
        fclose(f);
        return 1;
    }

    n = fread(data, 1, size > 0 ? (size_t) size : 0, f);
    fclose(f);

    (void) LLVMFuzzerTestOneInput(data, n);
    free(data);

    printf("ok %d - %s\n", ++replayed, path);

    return 0;
}


static int
replay_folder(const char *path)
{
    int             n, i, rc;
    char            name[4096];
    struct dirent **list;

    n = scandir(path, &list, NULL, alphasort);
    if (n == -1) {
        perror(path);
        return 1;
    }

    rc = 0;

    for (i = 0; i < n; i++) {
        if (list[i]->d_name[0] != '.') {
            snprintf(name, sizeof(name), "%s/%s", path, list[i]->d_name);
            rc |= replay_file(name);
        }

        free(list[i]);
    }

    free(list);

    return rc;
}


int
main(int argc, char **argv)
{
    int          i, rc;
    struct stat  st;

    rc = 0;

    for (i = 1; i < argc; i++) {
        if (stat(argv[i], &st) == 0 && S_ISDIR(st.st_mode)) {
            rc |= replay_folder(argv[i]);

        } else {
            rc |= replay_file(argv[i]);
        }
    }

    printf("1..%d\n", replayed);

    return rc != 0 || replayed == 0;
}
