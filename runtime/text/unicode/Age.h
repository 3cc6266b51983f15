// Characters that are newer than the Unicode versions of parts of Hugging Face's tokenizers.
#pragma once

namespace weft::unicode {

/// Says whether `code` was assigned after Unicode `version`, which is 8 or 9, and is therefore
/// unassigned to code of that version. False for code points that no version assigns.
bool isYoungerThan(unsigned version, char32_t code);

} // namespace weft::unicode
