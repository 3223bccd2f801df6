// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "valence/base/result.h"
#include "valence/tracking/registry_store.h"
#include "valence/tracking/run.h"

/// What MLflow refuses, refused before it is sent or written (mlflow/utils/validation.py of MLflow 3.17.2), so that
/// both stores say the same in the same words. Lengths count code points, as Python's len does. All checks fail with
/// kInvalidArgument, naming the key and the rule; text that is not UTF-8 is refused everywhere, since one such value
/// makes the whole run unreadable to Python.
namespace valence::tracking {

namespace limits {
inline constexpr std::size_t kMetricsPerBatch = 1000;
inline constexpr std::size_t kParamsPerBatch = 100;
inline constexpr std::size_t kTagsPerBatch = 100;
inline constexpr std::size_t kEntitiesPerBatch = 1000;
inline constexpr std::size_t kBatchBytes = 1'000'000;  ///< of the JSON body
inline constexpr std::size_t kKeyLength = 250;
inline constexpr std::size_t kParamValueLength = 6000;
inline constexpr std::size_t kTagValueLength = 8000;
inline constexpr std::size_t kExperimentNameLength = 256;  ///< MLflow checks 500, its column holds 256
inline constexpr std::size_t kRegistryTagValueLength = 100'000;
inline constexpr std::size_t kRegisteredModelNameLength = 256;
inline constexpr std::size_t kDescriptionLength = 5000;
inline constexpr std::size_t kAliasLength = 255;
inline constexpr std::size_t kDatasetNameLength = 500;
inline constexpr std::size_t kDatasetDigestLength = 36;
inline constexpr std::size_t kDatasetSourceTypeLength = 36;
inline constexpr std::size_t kDatasetSourceLength = 65'535;
inline constexpr std::size_t kDatasetSchemaLength = 1'048'575;
inline constexpr std::size_t kDatasetProfileLength = 16'777'215;
inline constexpr std::size_t kInputTagValueLength = 500;
inline constexpr std::size_t kLoggedModelNameLength = 500;
}  // namespace limits

/// The first `characters` code points of `text` (well-formed UTF-8): MLflow cuts long param and tag values so.
std::string_view CutTo(std::string_view text, std::size_t characters);
inline std::string_view CutParamValue(std::string_view value) { return CutTo(value, limits::kParamValueLength); }
inline std::string_view CutTagValue(std::string_view value) { return CutTo(value, limits::kTagValueLength); }

/// A key of a metric, param or tag: 1 to 250 of [/\w.\- :], and a path in normal form (no "..", "//", "/" at an end).
Status CheckKey(std::string_view what, std::string_view key);
/// Too long a value of a param or run tag is no error: both stores cut it (CutParamValue, CutTagValue).
Status CheckMetrics(std::span<const Metric> metrics);
/// Also refuses two values for one key.
Status CheckParams(std::span<const Param> params);
Status CheckTags(std::span<const Tag> tags);
/// Tags of registered models and their versions, which are not cut.
Status CheckRegistryTags(std::span<const Tag> tags);
Status CheckDataset(const DatasetInput& dataset);
Status CheckExperimentName(std::string_view name);
Status CheckRunId(std::string_view run_id);
/// Without / : . % " '
Status CheckLoggedModelName(std::string_view name);
/// Without / and :
Status CheckRegisteredModelName(std::string_view name);
Status CheckDescription(std::string_view description);

}  // namespace valence::tracking
