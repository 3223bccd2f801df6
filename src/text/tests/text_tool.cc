// SPDX-License-Identifier: Apache-2.0
// text_tool apply STEPS | tokens PATTERN STEPS | fused PATTERN STEPS: reads a JSON string a line, writes a JSON value a
// line: the processed text, or its tokens. STEPS: names separated by commas, or empty. For tests/parity/text/.

#include <iostream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "valence/base/json.h"
#include "valence/text/fused_tokenizer.h"
#include "valence/text/preprocessor.h"
#include "valence/text/token_pattern.h"

namespace {

using valence::Json;
using valence::text::FusedTokenizer;
using valence::text::Preprocessor;
using valence::text::TokenBuffer;
using valence::text::TokenPattern;

std::vector<std::string> Split(std::string_view names) {
  std::vector<std::string> parts;
  while (!names.empty()) {
    const std::size_t comma = std::min(names.find(','), names.size());
    parts.emplace_back(names.substr(0, comma));
    names.remove_prefix(std::min(comma + 1, names.size()));
  }
  return parts;
}

template <class Function>
int ForEachText(Function function) {
  for (std::string line; std::getline(std::cin, line);) {
    const auto text = Json::Parse(line);
    if (!text || !text->is_string()) {
      std::cerr << "text_tool: not a JSON string: " << line << '\n';
      return 1;
    }
    std::cout << function(text->string()).Dump() << '\n';
  }
  return 0;
}

template <class T>
T Require(valence::Result<T> result) {
  if (result) return std::move(result).value();
  std::cerr << "text_tool: " << result.error().message << '\n';
  std::exit(2);
}

Json TokensOf(const TokenPattern& pattern, const std::string& text) {
  std::vector<std::string_view> tokens;
  pattern.FindAll(text, &tokens);
  return Json::ArrayOf(tokens);
}

Json FusedTokensOf(const FusedTokenizer& tokenizer, const std::string& text, TokenBuffer* buffer) {
  Json all = Json::MakeArray();
  std::string scratch;
  tokenizer.Run(text, buffer);
  for (const auto& token : buffer->tokens()) {
    std::vector<std::string_view> mapped;
    tokenizer.MapToken(buffer->Bytes(token), &scratch, &mapped);
    for (const std::string_view each : mapped) all.Push(Json(each));
  }
  return all;
}

}  // namespace

int main(int argc, char** argv) {
  std::ios::sync_with_stdio(false);
  const std::vector<std::string> args(argv + 1, argv + argc);
  if (args.size() == 2 && args[0] == "apply") {
    const Preprocessor steps = Require(Preprocessor::Make(Split(args[1])));
    return ForEachText([&](const std::string& text) { return Json(steps.Apply(text)); });
  }
  if (args.size() == 3 && args[0] == "tokens") {
    const TokenPattern pattern = Require(TokenPattern::Parse(args[1]));
    const Preprocessor steps = Require(Preprocessor::Make(Split(args[2])));
    return ForEachText([&](const std::string& text) { return TokensOf(pattern, steps.Apply(text)); });
  }
  if (args.size() == 3 && args[0] == "fused") {
    const TokenPattern pattern = Require(TokenPattern::Parse(args[1]));
    const std::optional<FusedTokenizer> tokenizer = FusedTokenizer::Compile(Split(args[2]), pattern);
    if (!tokenizer) {
      std::cerr << "text_tool: these steps cannot be fused\n";
      return 2;
    }
    TokenBuffer buffer;
    return ForEachText([&](const std::string& text) { return FusedTokensOf(*tokenizer, text, &buffer); });
  }
  std::cerr << "usage: text_tool apply STEPS | tokens PATTERN STEPS | fused PATTERN STEPS\n";
  return 2;
}
