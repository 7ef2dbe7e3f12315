/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/eval_internal.h"
#include "lineage/uri.h"

#include "util/attrs.h"

/* What an argument of a job is for, by a word of its name: --input-data, s3_output_path, TARGET. */
static const struct {
    struct str word;
    enum reference_dir dir;
} WORDS[] = {
    { STR_INIT("output"), REFERENCE_WRITE },      { STR_INIT("out"), REFERENCE_WRITE },
    { STR_INIT("target"), REFERENCE_WRITE },      { STR_INIT("dest"), REFERENCE_WRITE },
    { STR_INIT("sink"), REFERENCE_WRITE },        { STR_INIT("write"), REFERENCE_WRITE },
    { STR_INIT("result"), REFERENCE_WRITE },      { STR_INIT("save"), REFERENCE_WRITE },
    { STR_INIT("destination"), REFERENCE_WRITE },
};

/* Does the name hold the word (or its plural) between "_", "-", "." or the change of case? */
static bool has_word(struct str name, struct str word)
{
    for (size_t at = 0; at < name.len && word.len <= name.len - at; at++) {
        bool begins = at == 0 || name.ptr[at - 1] == '_' || name.ptr[at - 1] == '-' ||
                      name.ptr[at - 1] == '.' || (name.ptr[at] >= 'A' && name.ptr[at] <= 'Z');
        size_t end = at + word.len;
        char behind = end < name.len ? name.ptr[end] : '_';
        bool ends = behind == '_' || behind == '-' || behind == '.' || behind == 's' ||
                    (behind >= 'A' && behind <= 'Z');
        if (begins && ends && str_eq_nocase(str_slice(name, at, end), word))
            return true;
    }
    return false;
}

static enum reference_dir dir_of(struct str name)
{
    for (size_t i = 0; i < ARRAY_LEN(WORDS); i++)
        if (has_word(name, WORDS[i].word))
            return WORDS[i].dir;
    return REFERENCE_READ;
}

struct job {
    const struct io *io;
    struct value *bucket; /* the bucket that was named last, for a key that follows */
};

static void add_place(struct job *job, struct str name, struct value *v, struct str uri)
{
    struct emit how = { dir_of(name), REFERENCE_DATA, job->io->via, false };
    if (uri_is_remote(uri) && !str_has_prefix(uri, STR("http")))
        emit_uri(job->io->e, &how, uri, v, job->io->node);
}

/* One named argument: a bucket, a key or prefix in the bucket before it, or a whole location. */
static void add_named(struct job *job, struct str name, struct value *value)
{
    struct eval *e = job->io->e;
    if (value == NULL) /* removed from a mapping */
        return;
    struct value *text = value_to_text(&e->vs, value);
    if (has_word(name, STR("bucket"))) {
        job->bucket = text;
        return;
    }
    bool is_key = has_word(name, STR("prefix")) || has_word(name, STR("key"));
    for (size_t i = 0; i < value_n_alternatives(text); i++) {
        struct value *one = value_alternative(text, i);
        if (!is_key || job->bucket == NULL || str_contains(one->text.bytes, STR("://"))) {
            add_place(job, name, one, uri_from_path(e->arena, one->text.bytes));
            continue;
        }
        for (size_t k = 0; k < value_n_alternatives(job->bucket); k++)
            add_place(job, name, one,
                      uri_from_s3(e->arena, value_alternative(job->bucket, k)->text.bytes,
                                  one->text.bytes));
    }
}

/* "--name", value; "--name=value"; anything else stands for itself. */
static void add_words(struct job *job, struct value *words)
{
    struct str name = STR_EMPTY;
    for (size_t i = 0; i < words->seq->n && eval_step(job->io->e); i++) {
        struct value *word = words->seq->items[i];
        struct str text = word->kind == VALUE_TEXT ? word->text.bytes : STR_EMPTY;
        size_t equals = str_find_char(text, '=');
        bool is_name = name.len == 0 && i + 1 < words->seq->n &&
                       (has_word(text, STR("bucket")) || has_word(text, STR("prefix"))) &&
                       str_find_char(text, '/') == SIZE_MAX;
        if ((str_has_prefix(text, STR("-")) || is_name) && equals == SIZE_MAX) {
            name = text;
        } else if (str_has_prefix(text, STR("-"))) {
            add_named(job, str_slice(text, 0, equals),
                      value_text_slice(&job->io->e->vs, word, equals + 1, text.len));
            name = STR_EMPTY;
        } else {
            add_named(job, name, word);
            name = STR_EMPTY;
        }
    }
}

void run_job(const struct io *io)
{
    struct value *data = io_part(io, ROLE_DATA, PART_WHOLE);
    struct job job = { .io = io };
    for (size_t i = 0; data != NULL && i < value_n_alternatives(data); i++) {
        struct value *one = value_alternative(data, i);
        if (one->kind == VALUE_SEQ)
            add_words(&job, one);
        else if (one->kind == VALUE_MAP)
            for (size_t k = 0; k < one->map->entries.n; k++)
                add_named(&job, one->map->entries.entries[k].key,
                          one->map->entries.entries[k].value);
        else if (one->kind == VALUE_TEXT)
            add_named(&job, STR_EMPTY, one);
    }
}
