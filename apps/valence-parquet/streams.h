// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <arrow/io/interfaces.h>
#include <arrow/result.h>

#include "valence/base/files.h"
#include "valence/base/result.h"

namespace valence::parquet_tool {

/// Arrow's error as ours, with `what` it was about.
Error FromArrow(const arrow::Status& status, const std::string& what);

/// Standard output for Arrow. Not thread-safe, as its interface says.
class StandardOutput final : public arrow::io::OutputStream {
 public:
  arrow::Status Write(const void* data, std::int64_t size) override;
  arrow::Result<std::int64_t> Tell() const override { return written_; }
  arrow::Status Close() override;
  bool closed() const override { return closed_; }

 private:
  std::int64_t written_ = 0;
  bool closed_ = false;
};

/// An AtomicFile for Arrow; the caller commits it.
class AtomicOutput final : public arrow::io::OutputStream {
 public:
  explicit AtomicOutput(AtomicFile& file) : file_(file) {}
  arrow::Status Write(const void* data, std::int64_t size) override;
  arrow::Result<std::int64_t> Tell() const override { return static_cast<std::int64_t>(file_.size()); }
  arrow::Status Close() override;
  bool closed() const override { return closed_; }

 private:
  AtomicFile& file_;
  bool closed_ = false;
};

}  // namespace valence::parquet_tool
