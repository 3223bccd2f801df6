// SPDX-License-Identifier: Apache-2.0
#include "valence/registry/history.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <map>
#include <random>
#include <system_error>

#include "valence/base/clock.h"
#include "valence/base/files.h"
#include "valence/tracking/stores.h"

namespace valence::registry {
namespace {

constexpr std::string_view kTagPrefix = "valence.move.";
constexpr std::size_t kLongestTag = 5000;  // model_version_tags.value of MLflow's SQLite schema

std::string Who() {
  std::array<char, 256> host{};
  if (::gethostname(host.data(), host.size() - 1) != 0) host[0] = '\0';
  return fmt::format("{}@{}", tracking::UserName(ProcessEnvironment()), host.data());
}

/// Now, in milliseconds; later than at the last call, since moves are sorted by it.
std::int64_t NextMoment() {
  static std::atomic<std::int64_t> last{0};
  std::int64_t before = last.load();
  std::int64_t next = 0;
  do next = std::max<std::int64_t>(NowMilliseconds(), before + 1);
  while (!last.compare_exchange_weak(before, next));
  return next;
}

Error Failed(const std::filesystem::path& file) {
  return Unavailable(
      fmt::format("{}: cannot append to the history: {}", file.string(), std::generic_category().message(errno)));
}

/// Writes all of `line` with one append, so that processes never mix within a line; a line cut off by a power cut
/// gets its end first.
Status AppendLine(int fd, const std::filesystem::path& file, std::string line) {
  if (::flock(fd, LOCK_EX) != 0) return Failed(file);
  const off_t size = ::lseek(fd, 0, SEEK_END);
  char last = '\n';
  if (size > 0 && ::pread(fd, &last, 1, size - 1) != 1) return Failed(file);
  if (last != '\n') line.insert(0, 1, '\n');
  std::string_view rest = line;
  while (!rest.empty()) {
    const ssize_t n = ::write(fd, rest.data(), rest.size());
    if (n < 0 && errno != EINTR) return Failed(file);
    if (n > 0) rest.remove_prefix(static_cast<std::size_t>(n));
  }
  return ::fsync(fd) == 0 ? Ok() : Status(Failed(file));
}

}  // namespace

Json Move::ToJson() const {
  const auto or_null = [](const std::string& text) { return text.empty() ? Json() : Json(text); };
  return Json::MakeObject({{"id", id},
                           {"time", time},
                           {"who", who},
                           {"action", action},
                           {"model", model},
                           {"alias", alias},
                           {"from", or_null(from)},
                           {"to", or_null(to)},
                           {"reason", reason},
                           {"figures", figures}});
}

Result<Move> Move::FromJson(const Json& json) {
  Move move;
  const std::array<std::pair<std::string_view, std::string*>, 9> fields{{{"id", &move.id},
                                                                         {"time", &move.time},
                                                                         {"who", &move.who},
                                                                         {"action", &move.action},
                                                                         {"model", &move.model},
                                                                         {"alias", &move.alias},
                                                                         {"from", &move.from},
                                                                         {"to", &move.to},
                                                                         {"reason", &move.reason}}};
  for (const auto& [name, field] : fields) {
    const Json* value = json.Find(name);
    if (value != nullptr && value->is_string()) *field = value->string();
  }
  if (move.id.empty() || move.action.empty()) return DataCorrupt("a history entry without id or action");
  if (const Json* figures = json.Find("figures")) move.figures = *figures;
  return move;
}

Move NewMove(std::string_view action, std::string_view model, std::string_view alias) {
  std::random_device random;
  Move move;
  move.id = fmt::format("{:013}-{:08x}", NextMoment(), random());
  move.time = NowIso8601();
  move.who = Who();
  move.action = action;
  move.model = model;
  move.alias = alias;
  return move;
}

Status AppendHistory(const std::filesystem::path& file, const Move& move) {
  std::error_code ignored;
  if (file.has_parent_path()) std::filesystem::create_directories(file.parent_path(), ignored);
  const int fd = ::open(file.c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
  if (fd < 0) return Failed(file);
  Status status = AppendLine(fd, file, move.ToJson().Dump() + '\n');
  ::close(fd);
  return status;
}

Result<std::vector<Move>> ReadHistory(const std::filesystem::path& file) {
  std::vector<Move> moves;
  auto text = ReadFile(file);
  if (!text) {
    if (text.error().code == ErrorCode::kNotFound) return moves;
    return std::move(text).error();
  }
  std::string_view rest = *text;
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    const auto json = Json::Parse(line);
    if (!json) continue;
    auto move = Move::FromJson(*json);
    if (move) moves.push_back(std::move(*move));
  }
  return moves;
}

Status TagHistory(tracking::RegistryStore& registry, const Move& move) {
  const std::string& version = move.to.empty() ? move.from : move.to;
  Json json = move.ToJson();
  if (json.Dump().size() > kLongestTag) json.Set("figures", Json());
  if (json.Dump().size() > kLongestTag) json.Set("reason", move.reason.substr(0, kLongestTag / 4));
  return registry.SetVersionTag(move.model, version, {std::string(kTagPrefix) + move.id, json.Dump()});
}

Result<std::vector<Move>> FullHistory(tracking::RegistryStore& registry, const std::string& model,
                                      const std::filesystem::path& file) {
  std::map<std::string, Move> by_id;
  VALENCE_TRY(const std::vector<Move> local, ReadHistory(file));
  for (const Move& move : local) {
    if (move.model == model) by_id.emplace(move.id, move);
  }
  VALENCE_TRY(const std::vector<tracking::ModelVersion> versions, registry.ListVersions(model));
  for (const tracking::ModelVersion& version : versions) {
    for (const tracking::Tag& tag : version.tags) {
      if (!tag.key.starts_with(kTagPrefix)) continue;
      const auto json = Json::Parse(tag.value);
      if (!json) continue;
      auto move = Move::FromJson(*json);
      if (move) by_id.emplace(move->id, std::move(*move));
    }
  }
  std::vector<Move> moves;
  for (auto& [id, move] : by_id) moves.push_back(std::move(move));
  return moves;
}

}  // namespace valence::registry
