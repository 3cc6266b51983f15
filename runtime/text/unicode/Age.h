// Which characters are younger than the Unicode that a part of Hugging Face's tokenizers knows.
#pragma once

namespace weft::unicode {

/// Whether `code` came with a later version of Unicode than `version`, which is 8 or 9, and so
/// is unassigned to what knows that version only. False for what no version assigns.
bool isYoungerThan(unsigned version, char32_t code);

} // namespace weft::unicode
