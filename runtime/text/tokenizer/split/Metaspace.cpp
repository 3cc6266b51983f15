#include "runtime/text/tokenizer/split/Metaspace.h"

namespace weft::text {

Result<Metaspace> Metaspace::read(const Fields &fields) {
  Metaspace metaspace;
  auto mark = fields.character("replacement");
  if (!mark)
    return failFrom(mark);
  metaspace.mark = *mark;
  auto split = fields.boolean("split", true);
  if (!split)
    return failFrom(split);
  metaspace.split = *split;

  // Files from before prepend_scheme have add_prefix_space instead; newer ones may have both.
  auto prefixSpace = fields.boolean("add_prefix_space", true);
  if (!prefixSpace)
    return failFrom(prefixSpace);
  metaspace.prepend = *prefixSpace ? Prepend::Always : Prepend::Never;
  if (!fields.has("prepend_scheme"))
    return metaspace;
  auto scheme = fields.string("prepend_scheme");
  if (!scheme)
    return failFrom(scheme);
  if (*scheme == "always")
    metaspace.prepend = Prepend::Always;
  else if (*scheme == "first")
    metaspace.prepend = Prepend::First;
  else if (*scheme == "never")
    metaspace.prepend = Prepend::Never;
  else
    return fail(fields.path("prepend_scheme") + ": expected always, first or never, found " +
                inQuotes(*scheme));
  if (!*prefixSpace && metaspace.prepend != Prepend::Never)
    return fail(fields.path("add_prefix_space") + ": false contradicts prepend_scheme " +
                inQuotes(*scheme));
  return metaspace;
}

} // namespace weft::text
