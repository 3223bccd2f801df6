// SPDX-License-Identifier: Apache-2.0
#include "valence/pipeline/source_control.h"

#include <chrono>
#include <string_view>

#include "valence/base/child_process.h"

namespace valence::pipeline {
namespace {

constexpr std::chrono::seconds kPatience{5};

/// What git says on success, else "".
std::string Git(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {"git", "--no-optional-locks"});
  const auto child = RunChild(arguments, kPatience);
  return child && child->exit_code == 0 ? child->output : std::string();
}

/// "https://user:secret@host/x" -> "https://host/x".
std::string WithoutUser(std::string url) {
  const auto scheme = url.find("://");
  if (scheme == std::string::npos) return url;
  const auto host_end = url.find('/', scheme + 3);
  const auto at = url.rfind('@', host_end);
  if (at != std::string::npos && at > scheme) url.erase(scheme + 3, at - scheme - 2);
  return url;
}

}  // namespace

SourceControl ReadSourceControl() {
  SourceControl state;
  // Lines "# branch.oid <commit>", "# branch.head <name>", then one line for each changed file.
  const std::string status = Git({"status", "--porcelain=v2", "--branch", "--untracked-files=no"});
  std::string_view rest = status;
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    constexpr std::string_view kCommit = "# branch.oid ", kBranch = "# branch.head ";
    if (line.starts_with(kCommit)) {
      state.commit = line.substr(kCommit.size());
    } else if (line.starts_with(kBranch)) {
      state.branch = line.substr(kBranch.size());
    } else if (!line.starts_with('#')) {
      state.dirty = true;
    }
  }
  if (state.commit == "(initial)") state.commit.clear();
  if (state.branch == "(detached)") state.branch.clear();
  if (status.empty()) return state;
  std::string url = Git({"config", "--get", "remote.origin.url"});
  while (!url.empty() && url.back() == '\n') url.pop_back();
  state.remote_url = WithoutUser(std::move(url));
  return state;
}

}  // namespace valence::pipeline
