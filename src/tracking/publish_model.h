// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>

#include "valence/base/result.h"
#include "valence/tracking/run_record.h"

namespace valence::tracking::internal {

struct PublishedModel {
  std::string model_id;  ///< "" if it went to the run's artifacts
  std::string model_uri;
  std::string root_uri;  ///< where its files are
  std::string warning;
};

/// models:/m-... , or runs:/<run>/model for a run's own artifacts.
std::string ModelUri(const std::string& run_id, const std::string& model_id);

/// Writes the record's model in the order of MLflow's own Model.log: make the LoggedModel, tie it to the run, log its
/// metrics, upload, finish. Where the server has no LoggedModels, the folder goes to the run's artifacts under `model`,
/// with the tag that MLflow 2 reads. `is_new` says that the run was made just now, so that no model of it can exist.
Result<PublishedModel> PublishModel(TrackingStore& store, const RunRecord& record, const std::string& request_id,
                                    const Run& run, bool is_new);

/// Uploads files below `folder` ("" is the root) and compares the sizes that arrived; where a size does not tell, the
/// bytes. Error: kDataCorrupt if one differs.
Status UploadAll(TrackingStore& store, const std::string& root_uri, const std::string& folder,
                 std::span<const RecordedFile> files);

}  // namespace valence::tracking::internal
