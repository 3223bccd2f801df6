// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "valence/base/json.h"
#include "valence/base/result.h"
#include "valence/base/yaml.h"

/// Configuration structs describe themselves once; the parser, `--set`, params.yaml, `--help`, docs and the params of a
/// tracked run all come from that description.
///
///   struct TrainConfig {
///     double c = 1.0;
///     void Describe(FieldVisitor& v) {
///       v.Visit({"C", "Inverse of the regularisation strength.", "> 0"}, c, AtLeast(1e-9));
///     }
///   };
namespace valence {

/// Name (as in params.yaml), one-sentence meaning with unit, and range in words.
struct FieldInfo {
  std::string_view name;
  std::string_view help;
  std::string_view range = "";
};

/// Inclusive bounds of a number.
struct Bounds {
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
};
inline Bounds AtLeast(double low) { return {.low = low}; }
inline Bounds Between(double low, double high) { return {low, high}; }

using StringMap = std::map<std::string, std::string>;
using NumberMap = std::map<std::string, double>;

/// Called by a struct's Describe() for each of its fields, in order.
class FieldVisitor {
 public:
  virtual ~FieldVisitor() = default;
  virtual void Visit(const FieldInfo& info, bool& value) = 0;
  virtual void Visit(const FieldInfo& info, std::int64_t& value, Bounds bounds) = 0;
  virtual void Visit(const FieldInfo& info, double& value, Bounds bounds) = 0;
  /// `choices` empty: any text. Otherwise one of them.
  virtual void Visit(const FieldInfo& info, std::string& value, const std::vector<std::string_view>& choices) = 0;
  virtual void Visit(const FieldInfo& info, std::vector<std::string>& value,
                     const std::vector<std::string_view>& choices) = 0;
  /// A pair of integers written as a list, such as ngram_range: [1, 2].
  virtual void Visit(const FieldInfo& info, std::pair<std::int64_t, std::int64_t>& value, Bounds bounds) = 0;
  virtual void Visit(const FieldInfo& info, StringMap& value) = 0;
  virtual void Visit(const FieldInfo& info, NumberMap& value) = 0;
  /// A map whose shape its owner checks.
  virtual void Visit(const FieldInfo& info, Yaml& value) = 0;
  /// A whole number >= 1, or a share in [0, 1] written with a decimal point, as scikit-learn's min_df and max_df.
  virtual void VisitCountOrShare(const FieldInfo& info, struct CountOrShare& value) = 0;
};

/// scikit-learn's min_df / max_df: an integer is a number of documents, a float a share of them (so 1 is not 1.0).
struct CountOrShare {
  bool is_share = false;
  double value = 1;
  bool operator==(const CountOrShare&) const = default;
};

/// A section of params.yaml bound to a struct.
struct ConfigSection {
  std::string_view name;
  std::string_view help;
  std::function<void(FieldVisitor&)> describe;
};

/// Sets fields from a YAML map; null sets none. On an error the fields before it are set already. `where` is
/// "params.yaml" and `section` "train" for messages. Errors (kInvalidArgument): an unknown key (with the nearest known
/// one), a wrong type, a value out of range; each with file, line, key, got, wanted.
Status ApplyYaml(const ConfigSection& section, const Yaml& node, std::string_view where);

/// Applies a whole params file: one map per section; unknown sections are errors.
Status ApplyYamlFile(const std::vector<ConfigSection>& sections, std::string_view text, std::string_view where);

/// Applies one `stage.key=value`, value in YAML. Errors as ApplyYaml's.
Status ApplyOverride(const std::vector<ConfigSection>& sections, std::string_view assignment);
/// The same of `stage.key` and a value; `where` begins each message.
Status ApplyOverride(const std::vector<ConfigSection>& sections, std::string_view key, const Yaml& value,
                     std::string_view where);

/// The sections as a commented params.yaml with the current values; the comments name those of `defaults`, the same
/// sections bound to default-made structs. ApplyYamlFile() reads it back to the same values.
std::string ToYaml(const std::vector<ConfigSection>& sections, const std::vector<ConfigSection>& defaults);
/// A Markdown table per section: field, default (the current value), range, meaning.
std::string ToMarkdown(const std::vector<ConfigSection>& sections);
/// Plain text for `--help`.
std::string ToHelp(const ConfigSection& section);
/// One section's current values.
Json ToJson(const ConfigSection& section);

}  // namespace valence
