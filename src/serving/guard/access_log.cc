// SPDX-License-Identifier: Apache-2.0
#include "access_log.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <chrono>
#include <iterator>

#include "valence/base/json.h"

namespace valence::serving {
namespace {

constexpr std::size_t kMaxMethod = 32;  // longer than any; it is the client's to choose

/// UTC now as "2026-01-31T23:59:59.123456Z".
void AppendTime(std::string* line) {
  using std::chrono::microseconds;
  const auto now = std::chrono::floor<microseconds>(std::chrono::system_clock::now());
  const auto part = (now.time_since_epoch() % std::chrono::seconds(1)).count();
  const auto utc = fmt::gmtime(std::chrono::system_clock::to_time_t(now));
  fmt::format_to(std::back_inserter(*line), "{:%Y-%m-%dT%H:%M:%S}.{:06}Z", utc, part);
}

/// `,"name":"value"`; nothing if there is no value.
void AppendMember(std::string_view name, std::string_view value, std::string* line) {
  if (value.empty()) return;
  line->append(",\"").append(name).append("\":");
  AppendJsonString(value, line);
}

void AppendTexts(const std::vector<std::string>& texts, std::string* line) {
  line->append(",\"texts\":[");
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (i > 0) line->push_back(',');
    AppendJsonString(texts[i], line);
  }
  line->push_back(']');
}

}  // namespace

AccessLog::AccessLog(std::unique_ptr<LineSink> sink, bool texts, int threads)
    : sink_(std::move(sink)), wants_texts_(texts), lines_(static_cast<std::size_t>(threads)) {}

Result<std::unique_ptr<AccessLog>> AccessLog::Open(const AccessLogOptions& options, int threads) {
  VALENCE_TRY(auto sink, LineSink::Open(options.file, threads));
  return std::unique_ptr<AccessLog>(new AccessLog(std::move(sink), options.texts, threads));
}

void AccessLog::Write(int thread, const AccessRecord& record) {
  std::string& line = lines_[static_cast<std::size_t>(thread)];
  line.assign("{\"time\":\"");
  AppendTime(&line);
  line.append("\"");
  AppendMember("request_id", record.identity.request_id(), &line);
  AppendMember("trace_id", record.identity.trace_id(), &line);
  AppendMember("span_id", record.identity.span_id(), &line);
  AppendMember("parent_id", record.identity.parent_id(), &line);
  AppendMember("client", record.client, &line);
  AppendMember("key", record.key, &line);
  AppendMember("method", record.method.substr(0, kMaxMethod), &line);
  AppendMember("route", record.route, &line);
  AppendMember("model", record.model, &line);
  AppendMember("model_version", record.model_version, &line);
  fmt::format_to(std::back_inserter(line),
                 ",\"status\":{},\"received_bytes\":{},\"sent_bytes\":{},\"duration_seconds\":{:.6f}", record.status,
                 record.received_bytes, record.sent_bytes, record.seconds);
  if (record.texts != nullptr) AppendTexts(*record.texts, &line);
  line.append("}\n");
  sink_->Append(thread, line);
}

}  // namespace valence::serving
