// Reads the text side of an artifact: its tokenizer and chat template.
#pragma once

#include "compiler/Compilation.h"
#include "compiler/Progress.h"
#include "compiler/package/WriteArtifact.h"

namespace weft {

/// Sets the tokenizer of `parts`: that of --tokenizer, which must be one that `weft` can read, or
/// the checkpoint's. A checkpoint's tokenizer that cannot be read is only a remark, because the
/// model can still be run on token ids. Errors: a bad --tokenizer.
Result<void> readTokenizer(const CompilationOptions &options, ArtifactParts &parts,
                           ProgressReport &report);

/// Sets the chat template of `parts`: that of --chat-template, which must parse, or the
/// checkpoint's. The checkpoint's may use features that are not supported; `weft` reports that when
/// the template is used. Errors: a bad --chat-template.
Result<void> readChatTemplate(const CompilationOptions &options, ArtifactParts &parts);

/// Checks that the begin and end tokens are in the model's vocabulary, and that their texts are as
/// short as the runtime requires. Errors: one is not.
Result<void> checkTokens(const ArtifactParts &parts, int64_t vocabulary, const std::string &model);

/// Removes from the model the tokens that `report` (of `weft tokenizer prune`) removed from its
/// tokenizer. Errors: the report cannot be read, or is for another tokenizer.
Result<void> pruneTokens(const std::string &report, mlir::ModuleOp module, ArtifactParts &parts);

} // namespace weft
