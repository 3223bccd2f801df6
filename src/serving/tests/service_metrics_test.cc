// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include "asker.h"

namespace valence::serving {
namespace {

using ::testing::HasSubstr;

/// Each sample line's name and label names: `name{a,b}`. Bucket bounds stay, as they are a contract too.
std::set<std::string> Contract(const std::string& exposition) {
  std::set<std::string> lines;
  std::istringstream in(exposition);
  static const std::regex value(R"re(([a-z_]+)="(?:[^"\\]|\\.)*")re");
  static const std::regex bound(R"re(le="([^"]*)")re");
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with('#')) continue;
    std::string sample = line.substr(0, line.rfind(' '));
    sample = std::regex_replace(sample, bound, "le:$1");
    lines.insert(std::regex_replace(sample, value, "$1"));
  }
  return lines;
}

TEST(ServiceMetrics, NamesLabelsAndBucketsAreTheGoldenList) {
  Asker asker;
  asker.PostJson(R"({"text":"good"})");
  std::ifstream file(std::string(VALENCE_SOURCE_DIR) + "/src/serving/tests/metrics.golden");
  std::set<std::string> golden;
  for (std::string line; std::getline(file, line);) golden.insert(line);
  EXPECT_EQ(Contract(asker.Get("/metrics").body), golden);
}

TEST(ServiceMetrics, RequestsAreCountedByMethodRouteAndCode) {
  Asker asker;
  asker.Get("/livez");
  asker.Get("/livez");
  asker.Get("/nowhere");
  asker.Ask("BREW", "/", "", "");
  asker.Get("/static/page.js");
  asker.Get("/static/style.css");
  asker.PostJson("{");
  const std::string text = asker.Get("/metrics").body;
  EXPECT_THAT(text, HasSubstr("valence_http_requests_total{method=\"GET\",route=\"/livez\",code=\"200\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("valence_http_requests_total{method=\"GET\",route=\"unknown\",code=\"404\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("valence_http_requests_total{method=\"other\",route=\"/\",code=\"405\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("valence_http_requests_total{method=\"GET\",route=\"/static\",code=\"200\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("valence_http_requests_total{method=\"POST\",route=\"/predict\",code=\"400\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("valence_rejected_total{reason=\"invalid\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("valence_requests_in_flight 1\n"));  // this scrape
}

TEST(ServiceMetrics, DurationsGoToTheirRoute) {
  Asker asker;
  asker.PostJson(R"({"text":"good"})");
  asker.Get("/version");
  const std::string text = asker.Get("/metrics").body;
  EXPECT_THAT(text, HasSubstr("valence_request_duration_seconds_count{route=\"/predict\",model_version=\"sha256:"));
  const auto count = [&](const std::string& route) {
    const std::regex line("duration_seconds_count\\{route=\"" + route + "\",model_version=\"[^\"]*\"\\} (\\d+)");
    std::smatch found;
    return std::regex_search(text, found, line) ? std::stoi(found[1]) : -1;
  };
  EXPECT_EQ(count("/predict"), 1);
  EXPECT_EQ(count("/version"), 1);
  EXPECT_EQ(count("/livez"), -1);  // nobody asked
}

TEST(ServiceMetrics, TextsAreMeasuredButNotShown) {
  Asker asker;
  asker.PostJson(R"({"texts":["good secret bad fine","...","not"]})");
  const std::string text = asker.Get("/metrics").body;
  EXPECT_THAT(text, HasSubstr("valence_empty_after_preprocess_total 1\n"));
  EXPECT_THAT(text, HasSubstr("valence_text_length_bytes_sum 26\n"));  // 20 + 3 + 3
  EXPECT_THAT(text, HasSubstr("valence_oov_ratio_sum 0.25\n"));        // secret is one of four
  EXPECT_THAT(text, HasSubstr("label=\"positive\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("label=\"negative\"} 1\n"));
  EXPECT_EQ(text.find("secret"), std::string::npos);
}

TEST(ServiceMetrics, TheModelIsNamed) {
  EXPECT_THAT(Asker().Get("/metrics").body, HasSubstr("valence_model_info{name=\"small\",version=\"sha256:"));
}

}  // namespace
}  // namespace valence::serving
