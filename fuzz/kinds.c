/* kinds: code and markdown to kinds of analysis and a sketch.  The first byte chooses the language.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/kinds.h"
#include "catalog/sketch.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const languages[] = { "python", "r", "scala", "sql", "bash", "julia" };
    unsigned first = fuzz_take_byte(&data, &size);
    struct str text = fuzz_text(data, size), code, markdown;
    AUTO_ARENA a = ARENA_INIT;
    (void)str_cut(text, '\f', &code, &markdown);
    struct cell cells[] = { { .kind = CELL_CODE, .source = code },
                            { .kind = CELL_MARKDOWN, .source = markdown, .index = 1 } };
    struct notebook nb = { .language = str_from(languages[first % ARRAY_LEN(languages)]),
                           .cells = cells,
                           .n_cells = 2 };
    struct analysis an = { .n_plot = first };
    struct kinds kinds;
    struct sketch sketch, again;
    unsigned char bytes[SKETCH_BYTES];
    kinds_find(NULL, &a, &nb, &an, &kinds);
    for (size_t i = 0; i < kinds.n; i++) {
        const struct kind_found *k = &kinds.items[i];
        FUZZ_CHECK(k->weight >= KINDS_ENOUGH && k->n_evidence >= 1);
        FUZZ_CHECK(i == 0 || k->weight <= kinds.items[i - 1].weight);
        for (size_t j = 0; j < k->n_evidence; j++)
            FUZZ_CHECK(k->evidence[j].text.len <= 200);
    }
    sketch_make(&nb, &sketch);
    sketch_write(&sketch, bytes);
    FUZZ_CHECK(sketch_read((struct str){ (const char *)bytes, sizeof bytes }, &again));
    FUZZ_CHECK(sketch.is_empty || sketch_equal_lanes(&sketch, &again) == SKETCH_LANES);
    return 0;
}
