// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "valence/base/result.h"
#include "valence/tracking/run.h"

namespace valence::tracking {

/// One figure or property of a run that a filter or an order names.
struct RunField {
  enum class Kind { kMetric, kParam, kTag, kAttribute, kDataset };
  Kind kind = Kind::kAttribute;
  std::string key;  ///< attributes: run_id, run_name, status, user_id, artifact_uri, start_time, end_time; data sets:
                    ///< name, digest, context
  bool operator==(const RunField&) const = default;
};

/// Reads `metrics.acc`, `params."a b"`, tags.`mlflow.user`, `attributes.status`, `status`, `datasets.name`, with
/// MLflow's singular and short prefixes. Error: kInvalidArgument.
Result<RunField> ParseRunField(std::string_view text);

/// The subset of MLflow's search grammar for runs that has its whole use: comparisons joined by AND.
///   numbers (metrics, start_time, end_time): = != > >= < <=
///   texts: = != LIKE ILIKE (% and _), IN (...) and NOT IN (...) for attributes, IS NULL and IS NOT NULL for params and
///   tags
/// As in MLflow, a run without the metric, param or tag satisfies no comparison with it (not even !=), and NaN none.
class RunFilter {
 public:
  /// "" matches all. Error: kInvalidArgument, with the place in `text`.
  static Result<RunFilter> Parse(std::string_view text);

  /// Looks only at fields().
  bool Matches(const Run& run) const;
  std::vector<RunField> fields() const;

  enum class Operator {
    kEqual,
    kNotEqual,
    kGreater,
    kGreaterEqual,
    kLess,
    kLessEqual,
    kLike,
    kILike,
    kIn,
    kNotIn,
    kIsNull,
    kIsNotNull
  };
  struct Comparison {
    RunField field;
    Operator op = Operator::kEqual;
    double number = 0;
    std::vector<std::string> texts;  ///< one, but for IN
  };

 private:
  std::vector<Comparison> comparisons_;
};

/// MLflow's order_by: each entry a field and optionally ASC or DESC. Runs without the field come last, NaN just before
/// them, both ways; ties go to the newest run, then the smallest id.
class RunOrder {
 public:
  /// Error: kInvalidArgument.
  static Result<RunOrder> Parse(const std::vector<std::string>& order_by);

  /// Whether `a` comes before `b`: a strict weak order. Looks only at fields() and attributes.
  bool operator()(const Run& a, const Run& b) const;
  std::vector<RunField> fields() const;

 private:
  struct Term {
    RunField field;
    bool descending = false;
  };
  std::vector<Term> terms_;
};

}  // namespace valence::tracking
