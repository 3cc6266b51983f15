#include "runtime/constrain/schema/StringFormats.h"

namespace weft::constrain {

namespace {

#define WEFT_DATE                                                                                  \
  "[0-9]{4}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9" \
  "]|1[0-9]|2[0-8]))"
#define WEFT_TIME                                                                                  \
  "([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,9})?(Z|[+\\-]([01][0-9]|2[0-3]):[0-5][0-9])"
#define WEFT_HOST "[A-Za-z0-9]([A-Za-z0-9\\-]{0,61}[A-Za-z0-9])?"
#define WEFT_OCTET "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"

struct Format {
  std::string_view name, pattern;
};

/// RFC 3339, 4122, 2673 and 4291; addresses and hosts in their everyday forms.
constexpr Format formats[] = {
    {"date", WEFT_DATE},
    {"time", WEFT_TIME},
    {"date-time", WEFT_DATE "T" WEFT_TIME},
    {"uuid", "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"},
    {"ipv4", "(" WEFT_OCTET "\\.){3}" WEFT_OCTET},
    {"ipv6", "([0-9a-fA-F]{1,4}:){7}[0-9a-fA-F]{1,4}"},
    {"hostname", WEFT_HOST "(\\." WEFT_HOST "){0,2}"},
    {"email", "[A-Za-z0-9_+\\-]{1,32}(\\.[A-Za-z0-9_+\\-]{1,31})?@(" WEFT_HOST
              "\\.){1,2}[A-Za-z]{2,24}"},
    {"uri", "https?://" WEFT_HOST "(\\." WEFT_HOST "){0,2}(:[1-9][0-9]{0,3})?(/[A-Za-z0-9_.~\\-]*)*"
            "(\\?[A-Za-z0-9_.~&=\\-]*)?(#[A-Za-z0-9_.~\\-]*)?"},
};

#undef WEFT_DATE
#undef WEFT_TIME
#undef WEFT_HOST
#undef WEFT_OCTET

} // namespace

std::string_view patternOfFormat(std::string_view format) {
  for (const Format &known : formats)
    if (known.name == format)
      return known.pattern;
  return {};
}

std::string knownFormats() {
  std::string names;
  for (const Format &known : formats)
    names += (names.empty() ? "" : ", ") + std::string(known.name);
  return names;
}

} // namespace weft::constrain
