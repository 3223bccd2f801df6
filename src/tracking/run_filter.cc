// SPDX-License-Identifier: Apache-2.0
#include "run_filter.h"

#include <algorithm>
#include <cmath>

#include "run_field.h"

namespace valence::tracking {
namespace {

using Operator = RunFilter::Operator;
using Comparison = RunFilter::Comparison;

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

/// SQL's LIKE: % is any text, _ any one byte of ASCII or one whole character beyond it.
bool Like(std::string_view text, std::string_view pattern, bool fold) {
  const auto is_continuation = [](char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; };
  std::size_t t = 0, p = 0, retry_text = 0, retry_pattern = std::string_view::npos;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '%') {
      retry_pattern = ++p;
      retry_text = t;
    } else if (p < pattern.size() && pattern[p] == '_') {
      ++p;
      ++t;
      while (t < text.size() && is_continuation(text[t])) ++t;
    } else if (p < pattern.size() && (text[t] == pattern[p] || (fold && Lower(text[t]) == Lower(pattern[p])))) {
      ++p;
      ++t;
    } else if (retry_pattern != std::string_view::npos) {
      p = retry_pattern;
      t = ++retry_text;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '%') ++p;
  return p == pattern.size();
}

bool NumberMatches(double value, const Comparison& comparison) {
  if (std::isnan(value)) return false;
  switch (comparison.op) {
    case Operator::kEqual:
      return value == comparison.number;
    case Operator::kNotEqual:
      return value != comparison.number;
    case Operator::kGreater:
      return value > comparison.number;
    case Operator::kGreaterEqual:
      return value >= comparison.number;
    case Operator::kLess:
      return value < comparison.number;
    default:
      return value <= comparison.number;
  }
}

bool TextMatches(std::string_view text, const Comparison& comparison) {
  const auto& wanted = comparison.texts;
  switch (comparison.op) {
    case Operator::kEqual:
      return text == wanted[0];
    case Operator::kNotEqual:
      return text != wanted[0];
    case Operator::kLike:
      return Like(text, wanted[0], false);
    case Operator::kILike:
      return Like(text, wanted[0], true);
    case Operator::kIn:
      return std::find(wanted.begin(), wanted.end(), text) != wanted.end();
    default:
      return std::find(wanted.begin(), wanted.end(), text) == wanted.end();
  }
}

bool Satisfies(const Run& run, const Comparison& comparison) {
  if (IsNumber(comparison.field)) {
    const std::optional<double> value = NumberOf(run, comparison.field);
    return value.has_value() && NumberMatches(*value, comparison);
  }
  const std::vector<std::string_view> texts = TextsOf(run, comparison.field);
  if (comparison.op == Operator::kIsNull) return texts.empty();
  if (comparison.op == Operator::kIsNotNull) return !texts.empty();
  return std::any_of(texts.begin(), texts.end(), [&](std::string_view text) { return TextMatches(text, comparison); });
}

/// 0 for a value, 1 for NaN, 2 for none: the order of MLflow whichever way the values go.
int Rank(const std::optional<double>& value) {
  if (!value.has_value()) return 2;
  return std::isnan(*value) ? 1 : 0;
}

template <class T>
int Sign(const T& a, const T& b, bool descending) {
  if (a == b) return 0;
  return (a < b) != descending ? -1 : 1;
}

int Compare(const Run& a, const Run& b, const RunField& field, bool descending) {
  if (IsNumber(field)) {
    const std::optional<double> left = NumberOf(a, field);
    const std::optional<double> right = NumberOf(b, field);
    if (Rank(left) != Rank(right)) return Rank(left) - Rank(right);
    return Rank(left) == 0 ? Sign(*left, *right, descending) : 0;
  }
  const std::vector<std::string_view> left = TextsOf(a, field);
  const std::vector<std::string_view> right = TextsOf(b, field);
  if (left.empty() || right.empty()) return static_cast<int>(left.empty()) - static_cast<int>(right.empty());
  return Sign(left[0], right[0], descending);
}

}  // namespace

bool RunFilter::Matches(const Run& run) const {
  return std::all_of(comparisons_.begin(), comparisons_.end(),
                     [&](const Comparison& comparison) { return Satisfies(run, comparison); });
}

std::vector<RunField> RunFilter::fields() const {
  std::vector<RunField> fields;
  for (const Comparison& comparison : comparisons_) fields.push_back(comparison.field);
  return fields;
}

bool RunOrder::operator()(const Run& a, const Run& b) const {
  for (const Term& term : terms_)
    if (const int sign = Compare(a, b, term.field, term.descending); sign != 0) return sign < 0;
  if (a.start_time != b.start_time) return a.start_time > b.start_time;
  return a.run_id < b.run_id;
}

std::vector<RunField> RunOrder::fields() const {
  std::vector<RunField> fields;
  for (const Term& term : terms_) fields.push_back(term.field);
  return fields;
}

}  // namespace valence::tracking
