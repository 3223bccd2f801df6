// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "valence/base/result.h"

/// Log lines go to stderr; stdout belongs to results. Thread-safe. Never log what users send, nor secrets.
namespace valence::log {

enum class Level { kDebug, kInfo, kWarning, kError, kOff };
enum class Format { kText, kJson };

/// "debug", "info", "warning", "error", "off".
Result<Level> ParseLevel(std::string_view name);

/// Sets the process-wide level and line format. Call once, early.
void Configure(Level level, Format format);

void Debug(std::string_view message);
void Info(std::string_view message);
void Warning(std::string_view message);
void Error(std::string_view message);

}  // namespace valence::log
