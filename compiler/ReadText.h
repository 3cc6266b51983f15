// What an artifact holds of text: its tokenizer and its chat template, by the options that say so.
#pragma once

#include "compiler/Compilation.h"
#include "compiler/Progress.h"
#include "compiler/package/WriteArtifact.h"

namespace weft {

/// Puts the tokenizer of --tokenizer, which must be one that `weft` reads, in place of the
/// checkpoint's. Where that one cannot be read the model computes all the same, so it is a remark.
Result<void> readTokenizer(const CompilationOptions &options, ArtifactParts &parts,
                           ProgressReport &report);

/// Puts the template of --chat-template, which must parse, in place of the checkpoint's. That one
/// may be beyond us, and is for `weft` to complain about where it is needed.
Result<void> readChatTemplate(const CompilationOptions &options, ArtifactParts &parts);

/// Whether the tokens that begin and end a text are in the model's vocabulary, and written as
/// shortly as the runtime wants.
Result<void> checkTokens(const ArtifactParts &parts, int64_t vocabulary, const std::string &model);

/// Takes the tokens out of the model that a report says were taken out of its tokenizer.
Result<void> pruneTokens(const std::string &report, mlir::ModuleOp module, ArtifactParts &parts);

} // namespace weft
