// SPDX-License-Identifier: Apache-2.0
#include "valence/base/log.h"

#include <fmt/format.h>
#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_color_sinks.h>

#include <atomic>
#include <memory>
#include <string>

#include "valence/base/json.h"

namespace valence::log {
namespace {

constexpr const char* kTextPattern = "%H:%M:%S %^%l%$ %v";
constexpr const char* kJsonPattern = R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l","message":%v})";

std::atomic<Format> line_format{Format::kText};

std::unique_ptr<spdlog::formatter> MakeFormatter(Format format) {
  if (format == Format::kText) return std::make_unique<spdlog::pattern_formatter>(kTextPattern);
  return std::make_unique<spdlog::pattern_formatter>(kJsonPattern, spdlog::pattern_time_type::utc);
}

spdlog::logger& Logger() {
  // Never destroyed, so that other objects' destructors may still log at exit.
  static spdlog::logger* const logger = [] {
    auto* made = new spdlog::logger("valence", std::make_shared<spdlog::sinks::stderr_color_sink_mt>());
    made->set_formatter(MakeFormatter(Format::kText));
    return made;
  }();
  return *logger;
}

spdlog::level::level_enum ToSpdlog(Level level) {
  switch (level) {
    case Level::kDebug:
      return spdlog::level::debug;
    case Level::kInfo:
      return spdlog::level::info;
    case Level::kWarning:
      return spdlog::level::warn;
    case Level::kError:
      return spdlog::level::err;
    case Level::kOff:
      return spdlog::level::off;
  }
  return spdlog::level::off;
}

// One message is one line: a file name with a newline in it must not forge a second one.
std::string OneLine(std::string_view message) {
  std::string line;
  line.reserve(message.size());
  for (const char c : message) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte != 0x7F) {
      line.push_back(c);
    } else {
      line += c == '\n' ? "\\n" : fmt::format("\\x{:02x}", byte);
    }
  }
  return line;
}

void Write(spdlog::level::level_enum level, std::string_view message) {
  spdlog::logger& logger = Logger();
  if (!logger.should_log(level)) return;
  std::string line;
  if (line_format.load(std::memory_order_relaxed) == Format::kJson) {
    AppendJsonString(message, &line);
  } else {
    line = OneLine(message);
  }
  logger.log(level, spdlog::string_view_t(line.data(), line.size()));
}

}  // namespace

Result<Level> ParseLevel(std::string_view name) {
  if (name == "debug") return Level::kDebug;
  if (name == "info") return Level::kInfo;
  if (name == "warning") return Level::kWarning;
  if (name == "error") return Level::kError;
  if (name == "off") return Level::kOff;
  return InvalidArgument(fmt::format("log level: expected debug, info, warning, error or off, got '{}'", name));
}

void Configure(Level level, Format format) {
  line_format.store(format, std::memory_order_relaxed);
  Logger().set_formatter(MakeFormatter(format));
  Logger().set_level(ToSpdlog(level));
}

void Debug(std::string_view message) { Write(spdlog::level::debug, message); }
void Info(std::string_view message) { Write(spdlog::level::info, message); }
void Warning(std::string_view message) { Write(spdlog::level::warn, message); }
void Error(std::string_view message) { Write(spdlog::level::err, message); }

}  // namespace valence::log
