/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The standard rates that come with this version: what a company sells electronically takes the
 * standard rate everywhere we know of. Data, not law: every row has the day from which it holds,
 * later versions add rows, and staff may change any. "2015-01-01" stands for "before any document
 * of ours". Special territories (Canary Islands, Madeira, …) are not here.
 */
#include "core/tax/tax.h"

#define BEFORE "2015-01-01"

const struct tax_shipped tax_shipped[] = {
    {"AT", "USt", 200000, BEFORE, true},
    {"BE", "BTW/TVA", 210000, BEFORE, true},
    {"BG", "DDS", 200000, BEFORE, true},
    {"CY", "VAT", 190000, BEFORE, true},
    {"CZ", "DPH", 210000, BEFORE, true},
    {"DE", "MwSt", 190000, "2021-01-01", true},
    {"DK", "Moms", 250000, BEFORE, true},
    {"EE", "KM", 220000, "2024-01-01", true},
    {"EE", "KM", 240000, "2025-07-01", true},
    {"ES", "IVA", 210000, BEFORE, true},
    {"FI", "ALV", 240000, BEFORE, true},
    {"FI", "ALV", 255000, "2024-09-01", true},
    {"FR", "TVA", 200000, BEFORE, true},
    {"GR", "FPA", 240000, "2016-06-01", true},
    {"HR", "PDV", 250000, BEFORE, true},
    {"HU", "AFA", 270000, BEFORE, true},
    {"IE", "VAT", 230000, "2021-03-01", true},
    {"IT", "IVA", 220000, BEFORE, true},
    {"LT", "PVM", 210000, BEFORE, true},
    {"LU", "TVA", 170000, "2024-01-01", true},
    {"LV", "PVN", 210000, BEFORE, true},
    {"MT", "VAT", 180000, BEFORE, true},
    {"NL", "BTW", 210000, BEFORE, true},
    {"PL", "VAT", 230000, BEFORE, true},
    {"PT", "IVA", 230000, BEFORE, true},
    {"RO", "TVA", 190000, "2017-01-01", true},
    {"RO", "TVA", 210000, "2025-08-01", true},
    {"SE", "Moms", 250000, BEFORE, true},
    {"SI", "DDV", 220000, BEFORE, true},
    {"SK", "DPH", 200000, BEFORE, true},
    {"SK", "DPH", 230000, "2025-01-01", true},
    {"CH", "MWST", 81000, "2024-01-01", false},
    {"GB", "VAT", 200000, BEFORE, false},
    {"NO", "MVA", 250000, BEFORE, false},
};
const size_t tax_shipped_n = sizeof tax_shipped / sizeof tax_shipped[0];
