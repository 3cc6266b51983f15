#include "runtime/constrain/schema/StringFormats.h"

#include "runtime/constrain/grammar/Regex.h"

#include <algorithm>

namespace weft::constrain {

namespace {

#define WEFT_DATE                                                                                  \
  "[0-9]{4}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-" \
  "9"                                                                                              \
  "]|1[0-9]|2[0-8]))"
#define WEFT_TIME                                                                                  \
  "([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,9})?(Z|[+\\-]([01][0-9]|2[0-3]):[0-5][0-9]" \
  ")"
#define WEFT_HOST "[A-Za-z0-9]([A-Za-z0-9\\-]{0,61}[A-Za-z0-9])?"
#define WEFT_URI                                                                                   \
  "https?://" WEFT_HOST "(\\." WEFT_HOST "){0,2}(:[1-9][0-9]{0,3})?(/[A-Za-z0-9_.~\\-]*)*"         \
  "(\\?[A-Za-z0-9_.~&=\\-]*)?(#[A-Za-z0-9_.~\\-]*)?"
#define WEFT_EMAIL                                                                                 \
  "[A-Za-z0-9_+\\-]{1,32}(\\.[A-Za-z0-9_+\\-]{1,31})?@(" WEFT_HOST "\\.){1,2}[A-Za-z]{2,24}"
#define WEFT_UUID "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
#define WEFT_BASE64 "([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?"
#define WEFT_IPV6 "([0-9a-fA-F]{1,4}:){7}[0-9a-fA-F]{1,4}"
#define WEFT_OCTET "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"

struct Format {
  std::string_view name, pattern;
};

/// RFC 3339, 4122, 2673 and 4291; addresses and hosts in their everyday forms.
constexpr Format formats[] = {
    {"date", WEFT_DATE},
    {"time", WEFT_TIME},
    {"date-time", WEFT_DATE "T" WEFT_TIME},
    {"duration",
     "P(([1-9][0-9]{0,3}D|0D|[1-9][0-9]{0,3}[YM])(T([1-9][0-9]{0,3}|0)[HMS])?|T([1-9][0-9]"
     "{0,3}|0)[HMS]|[1-9][0-9]{0,3}W)"},
    {"uuid", WEFT_UUID},
    {"guid", WEFT_UUID},
    {"uuid1", "[0-9a-f]{8}-[0-9a-f]{4}-1[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"},
    {"uuid3", "[0-9a-f]{8}-[0-9a-f]{4}-3[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"},
    {"uuid4", "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"},
    {"uuid5", "[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"},
    {"ipv4", "(" WEFT_OCTET "\\.){3}" WEFT_OCTET},
    {"ipv6", WEFT_IPV6},
    {"cidrv4", "(" WEFT_OCTET "\\.){3}" WEFT_OCTET "/([0-9]|[12][0-9]|3[0-2])"},
    {"cidrv6", WEFT_IPV6 "/([0-9]|[1-9][0-9]|1[01][0-9]|12[0-8])"},
    {"hostname", WEFT_HOST "(\\." WEFT_HOST "){0,2}"},
    {"idn-hostname", WEFT_HOST "(\\." WEFT_HOST "){0,2}"},
    {"email", WEFT_EMAIL},
    {"idn-email", WEFT_EMAIL},
    {"uri", WEFT_URI},
    {"url", "https?://([a-z0-9]([a-z0-9\\-]{0,61}[a-z0-9])?\\.){1,2}[a-z]{2,24}(:[1-9][0-9]{1,3})?"
            "(/[A-Za-z0-9_.~\\-]*)*"},
    {"uri-reference", WEFT_URI},
    {"iri", WEFT_URI},
    {"iri-reference", WEFT_URI},
    {"uri-template", WEFT_URI},
    {"json-pointer", "(/([^~/]|~[01])*)*"},
    {"relative-json-pointer", "(0|[1-9][0-9]{0,8})(#|(/([^~/]|~[01])*)*)"},
    {"regex", "[A-Za-z0-9 _]*"},
    {"byte", WEFT_BASE64},
    {"base64", WEFT_BASE64},
    {"base64url", "[A-Za-z0-9_\\-]*"},
    {"binary", "[^]*"},
    {"password", "[^]*"},
    {"decimal", "-?(0|[1-9][0-9]{0,15})(\\.[0-9]{1,16})?"},
    {"cuid", "c[a-z0-9]{24}"},
    {"cuid2", "[a-z][0-9a-z]{23}"},
    {"ulid", "[0-7][0-9A-HJKMNP-TV-Z]{25}"},
    {"xid", "[0-9a-v]{20}"},
    {"ksuid", "[A-Za-z0-9]{27}"},
    {"nanoid", "[A-Za-z0-9_\\-]{21}"},
    {"e164", "\\+[1-9][0-9]{6,14}"},
};

#undef WEFT_DATE
#undef WEFT_TIME
#undef WEFT_HOST
#undef WEFT_OCTET
#undef WEFT_URI
#undef WEFT_EMAIL
#undef WEFT_UUID
#undef WEFT_BASE64
#undef WEFT_IPV6

struct NumberFormat {
  std::string_view name;
  double least, most; // equal: no bounds
};

constexpr NumberFormat numberFormats[] = {{"int8", -128, 127},
                                          {"int16", -32768, 32767},
                                          {"int32", -2147483648.0, 2147483647.0},
                                          {"int64", -9223372036854775808.0, 9223372036854774784.0},
                                          {"uint8", 0, 255},
                                          {"uint16", 0, 65535},
                                          {"uint32", 0, 4294967295.0},
                                          {"uint64", 0, 18446744073709549568.0},
                                          {"float", 0, 0},
                                          {"double", 0, 0}};

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

bool isFormatOfNumbers(JsonElement format) {
  std::string_view name;
  return !format.get_string().get(name) &&
         std::ranges::find(numberFormats, name, &NumberFormat::name) != std::end(numberFormats);
}

bool boundsOfFormat(std::string_view format, double &least, double &most) {
  const auto place = std::ranges::find(numberFormats, format, &NumberFormat::name);
  if (place == std::end(numberFormats) || place->least == place->most)
    return false;
  least = place->least;
  most = place->most;
  return true;
}

namespace {

Result<TextSet> textsOf(std::string_view pattern, Fit fit) {
  Grammar grammar;
  auto expr = parseRegex(grammar, pattern, fit);
  return expr ? TextSet::of(grammar, *expr) : Result<TextSet>(failFrom(expr));
}

} // namespace

Result<TextSet> textsOfPattern(std::string_view pattern) { return textsOf(pattern, Fit::Anywhere); }

Result<TextSet> textsOfFormat(std::string_view format) {
  const std::string_view pattern = patternOfFormat(format);
  if (pattern.empty())
    return fail("the format \"" + std::string(format) + "\" is not supported; supported are " +
                knownFormats());
  return textsOf(pattern, Fit::Whole);
}

Result<std::optional<TextSet>> textsOfEncoding(std::string_view encoding) {
  if (encoding == "7bit" || encoding == "8bit" || encoding == "binary")
    return std::nullopt;
  const std::string_view pattern =
      encoding == "base64"   ? patternOfFormat("base64")
      : encoding == "base16" ? "([0-9A-F]{2})*"
      : encoding == "base32"
          ? "([A-Z2-7]{8})*([A-Z2-7]{2}={6}|[A-Z2-7]{4}={4}|[A-Z2-7]{5}={3}|[A-Z2-7]{7}=)?"
          : "";
  if (pattern.empty())
    return fail("the encoding \"" + std::string(encoding) +
                "\" is not supported; supported are base64, base32, base16, 7bit, 8bit and binary");
  auto texts = textsOf(pattern, Fit::Whole);
  if (!texts)
    return failFrom(texts);
  return std::optional(std::move(*texts));
}

} // namespace weft::constrain
