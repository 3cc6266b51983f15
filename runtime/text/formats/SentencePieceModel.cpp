#include "runtime/text/formats/SentencePieceModel.h"

#include "runtime/base/Utf8.h"
#include "runtime/text/formats/Protobuf.h"
#include "runtime/text/formats/SentencePieceStages.h"
#include "runtime/text/tokenizer/Json.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

namespace weft::text {

namespace {

using nlohmann::json;

enum class PieceType { Normal = 1, Unknown, Control, UserDefined, Unused, Byte };

struct Piece {
  std::string_view text;
  float score = 0;
  PieceType type = PieceType::Normal;
};

enum class ModelType { Unigram = 1, Bpe, Word, Char };

/// The parts of the message that change ids.
struct Message {
  std::vector<Piece> pieces;
  ModelType model = ModelType::Unigram;
  SentencePieceStages stages{.table = {}, .removeExtraSpaces = true};
  bool escapeWhitespaces = true, whitespaceAsSuffix = false;

  Result<void> read(std::string_view file);
  json addedTokens() const;
  Result<json> unigram() const;
  json bpe() const;
  int32_t unknownId() const;
};

/// Calls `visit(field)` for each field of a message.
template <typename Visit> Result<void> forEachField(std::string_view message, Visit visit) {
  ProtobufReader reader(message);
  for (;;) {
    auto field = reader.next();
    if (!field)
      return failFrom(field);
    if (!*field)
      return {};
    if (Result<void> done = visit(**field); !done)
      return done;
  }
}

Result<void> readPiece(std::string_view message, Piece &piece) {
  return forEachField(message, [&](const ProtobufField &field) -> Result<void> {
    if (field.number == 1)
      piece.text = field.bytes;
    if (field.number == 2)
      piece.score = field.asFloat();
    if (field.number == 3) {
      if (field.value < 1 || field.value > 6)
        return fail("a piece is of type " + std::to_string(field.value) + ", expected 1 to 6");
      piece.type = static_cast<PieceType>(field.value);
    }
    return {};
  });
}

Result<void> Message::read(std::string_view file) {
  auto trainer = [this](const ProtobufField &field) -> Result<void> {
    if (field.number == 3) {
      if (field.value < 1 || field.value > 4)
        return fail("model_type is " + std::to_string(field.value) + ", expected 1 to 4");
      model = static_cast<ModelType>(field.value);
    }
    if (field.number == 24)
      whitespaceAsSuffix = field.value != 0;
    if (field.number == 35)
      stages.byteFallback = field.value != 0;
    return {};
  };
  auto normalizer = [this](const ProtobufField &field) -> Result<void> {
    if (field.number == 2)
      stages.table = field.bytes;
    if (field.number == 3)
      stages.addPrefix = field.value != 0;
    if (field.number == 4)
      stages.removeExtraSpaces = field.value != 0;
    if (field.number == 5)
      escapeWhitespaces = field.value != 0;
    return {};
  };
  auto done = forEachField(file, [&](const ProtobufField &field) -> Result<void> {
    if (field.number == 1) {
      if (pieces.size() == static_cast<size_t>(maximumTokenId))
        return fail("more than " + std::to_string(maximumTokenId) + " pieces");
      auto read = readPiece(field.bytes, pieces.emplace_back());
      const Piece &piece = pieces.back();
      const std::string name = "piece " + std::to_string(pieces.size() - 1);
      if (!read)
        return fail(name + ": " + read.error().message);
      if (piece.text.empty() || !isValidUtf8(piece.text))
        return fail(name + ": expected a text in UTF-8, found " + inQuotes(piece.text));
      if (!std::isfinite(piece.score))
        return fail(name + ": expected a finite score");
    }
    if (field.number == 2)
      return forEachField(field.bytes, trainer);
    if (field.number == 3)
      return forEachField(field.bytes, normalizer);
    return {};
  });
  if (!done)
    return done;
  if (pieces.empty())
    return fail("expected a SentencePiece model, found no piece");
  if (model != ModelType::Unigram && model != ModelType::Bpe)
    return fail(std::string("the model is of type ") +
                (model == ModelType::Word ? "WORD" : "CHAR") + "; expected UNIGRAM or BPE");
  if (whitespaceAsSuffix || !escapeWhitespaces)
    return fail("treat_whitespace_as_suffix and unescaped white space are not supported");
  return {};
}

int32_t Message::unknownId() const {
  auto unknown = std::ranges::find(pieces, PieceType::Unknown, &Piece::type);
  return unknown == pieces.end() ? -1 : static_cast<int32_t>(unknown - pieces.begin());
}

json Message::addedTokens() const {
  json added = json::array();
  for (size_t id = 0; id < pieces.size(); ++id) {
    const PieceType type = pieces[id].type;
    if (type == PieceType::Unknown || type == PieceType::Control || type == PieceType::UserDefined)
      added.push_back({{"id", id},
                       {"content", std::string(pieces[id].text)},
                       {"single_word", false},
                       {"lstrip", false},
                       {"rstrip", false},
                       {"normalized", false},
                       {"special", type != PieceType::UserDefined}});
  }
  return added;
}

Result<json> Message::unigram() const {
  if (unknownId() < 0)
    return fail("expected a piece of type UNKNOWN, found none");
  json vocab = json::array();
  for (const Piece &piece : pieces)
    vocab.push_back({std::string(piece.text), piece.score});
  return json{{"type", "Unigram"},
              {"unk_id", unknownId()},
              {"byte_fallback", stages.byteFallback},
              {"single_precision", true},
              {"vocab", std::move(vocab)}};
}

/// Pieces of the same score share a rank: the leftmost pair is merged first.
json Message::bpe() const {
  auto merges = [](const Piece &piece) {
    return piece.type == PieceType::Normal || piece.type == PieceType::UserDefined ||
           piece.type == PieceType::Unused;
  };
  std::vector<float> scores;
  for (const Piece &piece : pieces)
    scores.push_back(piece.score);
  std::ranges::sort(scores, std::greater());
  scores.erase(std::ranges::unique(scores).begin(), scores.end());
  json vocab = json::object(), ranks = json::array();
  for (const Piece &piece : pieces) {
    vocab.emplace(piece.text, vocab.size());
    const auto rank = std::ranges::lower_bound(scores, piece.score, std::greater());
    ranks.push_back(merges(piece) ? rank - scores.begin() : -1);
  }
  json model = {{"type", "BPE"},
                {"fuse_unk", true},
                {"vocab", std::move(vocab)},
                {"token_ranks", std::move(ranks)},
                {"byte_fallback", stages.byteFallback}};
  if (unknownId() >= 0)
    model["unk_token"] = std::string(pieces[static_cast<size_t>(unknownId())].text);
  return model;
}

} // namespace

Result<std::string> sentencePieceAsJson(std::string_view file,
                                        const SentencePieceOptions &options) {
  Message message;
  if (auto done = message.read(file); !done)
    return failFrom(done);
  message.stages.addPrefix = options.addPrefix.value_or(message.stages.addPrefix);
  message.stages.prefixFirstOnly = options.prefixFirstOnly;
  Result<json> model =
      message.model == ModelType::Unigram ? message.unigram() : Result<json>(message.bpe());
  if (!model)
    return failFrom(model);
  if (message.model == ModelType::Bpe && (*model)["vocab"].size() != message.pieces.size())
    return fail("two pieces have the same text");
  return json{{"version", "1.0"},
              {"added_tokens", message.addedTokens()},
              {"normalizer", message.stages.normalizer()},
              {"pre_tokenizer", message.stages.preTokenizer()},
              {"post_processor", nullptr},
              {"decoder", message.stages.decoder()},
              {"model", std::move(*model)}}
      .dump();
}

} // namespace weft::text
