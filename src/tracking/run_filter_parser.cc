// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "run_field.h"
#include "run_filter.h"
#include "valence/base/numbers.h"

namespace valence::tracking {
namespace {

using Operator = RunFilter::Operator;
using Comparison = RunFilter::Comparison;

struct NamedOperator {
  std::string_view name;
  Operator op;
};
constexpr std::array<NamedOperator, 10> kOperators{{{"=", Operator::kEqual},
                                                    {"!=", Operator::kNotEqual},
                                                    {">", Operator::kGreater},
                                                    {">=", Operator::kGreaterEqual},
                                                    {"<", Operator::kLess},
                                                    {"<=", Operator::kLessEqual},
                                                    {"LIKE", Operator::kLike},
                                                    {"ILIKE", Operator::kILike},
                                                    {"IN", Operator::kIn},
                                                    {"IS", Operator::kIsNull}}};

bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool IsSymbol(char c) { return c == '=' || c == '!' || c == '<' || c == '>'; }
bool IsQuote(char c) { return c == '\'' || c == '"' || c == '`'; }

std::string Upper(std::string_view text) {
  std::string upper(text);
  for (char& c : upper) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return upper;
}

/// A recursive-descent reader over the filter's text.
class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Result<std::vector<Comparison>> Parse() {
    std::vector<Comparison> comparisons;
    for (SkipSpace(); at_ < text_.size(); SkipSpace()) {
      if (!comparisons.empty()) VALENCE_RETURN_IF_ERROR(Expect("AND"));
      VALENCE_TRY(Comparison comparison, ParseComparison());
      comparisons.push_back(std::move(comparison));
    }
    return comparisons;
  }

 private:
  Error Wrong(std::string_view wanted) const {
    const std::string_view rest = text_.substr(std::min(at_, text_.size()));
    return InvalidArgument(fmt::format("filter '{}': expected {} at '{}'", text_, wanted, rest));
  }

  void SkipSpace() {
    while (at_ < text_.size() && IsSpace(text_[at_])) ++at_;
  }

  /// Bare characters up to a space, operator or bracket; what is in quotes belongs to it.
  std::string_view Word() {
    SkipSpace();
    const std::size_t begin = at_;
    while (at_ < text_.size() && !IsSpace(text_[at_]) && !IsSymbol(text_[at_]) && text_[at_] != '(' &&
           text_[at_] != ')' && text_[at_] != ',') {
      const char quote = text_[at_++];
      if (!IsQuote(quote)) continue;
      const std::size_t end = text_.find(quote, at_);
      at_ = end == std::string_view::npos ? text_.size() : end + 1;
    }
    return text_.substr(begin, at_ - begin);
  }

  std::string_view OperatorWord() {
    SkipSpace();
    const std::size_t begin = at_;
    while (at_ < text_.size() && IsSymbol(text_[at_])) ++at_;
    return at_ > begin ? text_.substr(begin, at_ - begin) : Word();
  }

  Status Expect(std::string_view word) {
    const std::size_t before = at_;
    if (Upper(Word()) == word) return Ok();
    at_ = before;
    SkipSpace();
    return Wrong(word == "AND" ? "AND (OR is not in MLflow's grammar)" : word);
  }

  Status ExpectCharacter(char c) {
    SkipSpace();
    if (at_ >= text_.size() || text_[at_] != c) return Wrong(fmt::format("'{}'", c));
    ++at_;
    return Ok();
  }

  Result<Operator> ParseOperator() {
    const std::size_t before = at_;
    std::string name = Upper(OperatorWord());
    const bool negated = name == "NOT";
    if (negated) name = Upper(Word());
    const auto known =
        std::find_if(kOperators.begin(), kOperators.end(), [&](const NamedOperator& o) { return o.name == name; });
    if (known == kOperators.end() || (negated && known->op != Operator::kIn)) {
      at_ = before;
      return Wrong("one of = != > >= < <= LIKE ILIKE IN, NOT IN, IS NULL, IS NOT NULL");
    }
    if (negated) return Operator::kNotIn;
    if (known->op != Operator::kIsNull) return known->op;
    const std::string next = Upper(Word());
    if (next == "NULL") return Operator::kIsNull;
    if (next == "NOT")
      VALENCE_RETURN_IF_ERROR(Expect("NULL"));
    else
      return Wrong("NULL or NOT NULL");
    return Operator::kIsNotNull;
  }

  Result<std::string> ParseText() {
    SkipSpace();
    if (at_ >= text_.size() || (text_[at_] != '\'' && text_[at_] != '"')) return Wrong("a text in quotes");
    const std::size_t end = text_.find(text_[at_], at_ + 1);
    if (end == std::string_view::npos) return Wrong("a text with its closing quote");
    std::string value(text_.substr(at_ + 1, end - at_ - 1));
    at_ = end + 1;
    return value;
  }

  Result<double> ParseNumber() {
    const std::size_t before = at_;
    const Result<double> number = ParseDouble(Word());
    if (number.has_value()) return number;
    at_ = before;
    SkipSpace();
    return Wrong("a number");
  }

  Result<std::vector<std::string>> ParseList() {
    std::vector<std::string> texts;
    VALENCE_RETURN_IF_ERROR(ExpectCharacter('('));
    for (;;) {
      VALENCE_TRY(std::string value, ParseText());
      texts.push_back(std::move(value));
      SkipSpace();
      if (at_ < text_.size() && text_[at_] == ')') break;
      VALENCE_RETURN_IF_ERROR(ExpectCharacter(','));
    }
    ++at_;
    return texts;
  }

  /// Whether MLflow compares such a field so.
  Status CheckOperator(const RunField& field, Operator op) const {
    const bool is_null = op == Operator::kIsNull || op == Operator::kIsNotNull;
    const bool is_list = op == Operator::kIn || op == Operator::kNotIn;
    const bool is_order = op >= Operator::kGreater && op <= Operator::kLessEqual;
    const bool is_text = op == Operator::kLike || op == Operator::kILike || is_list;
    if (is_null && field.kind != RunField::Kind::kParam && field.kind != RunField::Kind::kTag)
      return Wrong("IS NULL only with params and tags; something else");
    if (IsNumber(field) ? is_text : is_order) return Wrong(fmt::format("an operator that fits '{}'", field.key));
    if (is_list && field.kind != RunField::Kind::kAttribute)
      return Wrong("IN only with attributes such as run_id; something else");
    return Ok();
  }

  Result<Comparison> ParseComparison() {
    Comparison comparison;
    const std::string_view name = Word();
    if (name.empty()) return Wrong("a field such as metrics.accuracy");
    Result<RunField> field = ParseRunField(name);
    if (!field.has_value()) return std::move(field).error().With(fmt::format("filter '{}'", text_));
    comparison.field = std::move(field).value();
    VALENCE_TRY(comparison.op, ParseOperator());
    VALENCE_RETURN_IF_ERROR(CheckOperator(comparison.field, comparison.op));
    if (comparison.op == Operator::kIsNull || comparison.op == Operator::kIsNotNull) return comparison;
    if (IsNumber(comparison.field)) {
      VALENCE_TRY(comparison.number, ParseNumber());
    } else if (comparison.op == Operator::kIn || comparison.op == Operator::kNotIn) {
      VALENCE_TRY(comparison.texts, ParseList());
    } else {
      VALENCE_TRY(std::string value, ParseText());
      comparison.texts.push_back(std::move(value));
    }
    return comparison;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

Result<RunFilter> RunFilter::Parse(std::string_view text) {
  RunFilter filter;
  VALENCE_TRY(filter.comparisons_, Parser(text).Parse());
  return filter;
}

Result<RunOrder> RunOrder::Parse(const std::vector<std::string>& order_by) {
  RunOrder order;
  for (const std::string& entry : order_by) {
    std::string_view name = entry;
    while (!name.empty() && IsSpace(name.back())) name.remove_suffix(1);
    Term term;
    for (const std::string_view direction : {std::string_view(" ASC"), std::string_view(" DESC")}) {
      if (name.size() <= direction.size() || Upper(name.substr(name.size() - direction.size())) != direction) continue;
      term.descending = direction == " DESC";
      name.remove_suffix(direction.size());
      break;
    }
    while (!name.empty() && IsSpace(name.back())) name.remove_suffix(1);
    Result<RunField> field = ParseRunField(name);
    if (!field.has_value()) return std::move(field).error().With("order_by");
    term.field = std::move(field).value();
    order.terms_.push_back(std::move(term));
  }
  return order;
}

}  // namespace valence::tracking
