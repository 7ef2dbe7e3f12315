/*
 * standalone: a main for a fuzz target where there is no libFuzzer: gives it files, one by one.
 *
 * usage: fuzz_NAME FILE-OR-FOLDER...
 * A folder stands for its files.  Ends with 1 if there was none to read; what the target finds
 * ends the program as it does under libFuzzer.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fuzz.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { MAX_BYTES = 1 << 20 };

static int n_files;

/* A copy of exactly the file's size, so that the address sanitizer sees what is read beyond it. */
static void run_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    uint8_t *all = malloc(MAX_BYTES);
    if (file == NULL || all == NULL)
        panic("%s cannot be read", path);
    size_t size = fread(all, 1, MAX_BYTES, file);
    (void)fclose(file);
    uint8_t *data = malloc(size == 0 ? 1 : size);
    if (data == NULL)
        panic("out of memory");
    memcpy(data, all, size);
    free(all);
    (void)LLVMFuzzerTestOneInput(data, size);
    free(data);
    n_files++;
}

static int is_visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static void run(const char *path)
{
    struct stat st;
    struct dirent **entries;
    if (stat(path, &st) != 0 || !S_ISDIR(st.st_mode)) {
        run_file(path);
        return;
    }
    int n = scandir(path, &entries, is_visible, alphasort);
    for (int i = 0; i < n; i++) {
        char file[4096];
        if (snprintf(file, sizeof file, "%s/%s", path, entries[i]->d_name) < (int)sizeof file)
            run_file(file);
        free(entries[i]);
    }
    if (n >= 0)
        free(entries);
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        run(argv[i]);
    printf("%d inputs\n", n_files);
    return n_files == 0;
}
