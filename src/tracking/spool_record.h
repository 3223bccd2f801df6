// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "valence/base/result.h"
#include "valence/tracking/run_record.h"

namespace valence::tracking::internal {

/// Tags of a run that waits in the local store, and what became of it.
inline constexpr std::string_view kSpoolState = "valence.spool";  ///< "pending" or "sent"
inline constexpr std::string_view kSpoolServer = "valence.spool.server";
inline constexpr std::string_view kSpoolReason = "valence.spool.reason";
inline constexpr std::string_view kSpoolExperimentId = "valence.spool.experiment_id";
inline constexpr std::string_view kSpoolResumeRunId = "valence.spool.resume_run_id";
inline constexpr std::string_view kSpoolActiveModelId = "valence.spool.active_model_id";
inline constexpr std::string_view kSpoolSentRunId = "valence.spool.sent_run_id";
inline constexpr std::string_view kSpoolSentModelUri = "valence.spool.sent_model_uri";
inline constexpr std::string_view kPending = "pending";
inline constexpr std::string_view kSent = "sent";

/// The record without what every MLflow refuses (keys, texts that are not UTF-8, files that are gone), so that the rest
/// can be kept. What is left out is named in `warnings`.
RunRecord Acceptable(RunRecord record, std::vector<std::string>* warnings);

/// The record that publishes a run of the local store, with its children, elsewhere. The artifacts stay where they are.
/// Error: kUnimplemented if they are not files of this machine.
Result<RunRecord> RecordOf(const Run& run, TrackingStore& local);

}  // namespace valence::tracking::internal
