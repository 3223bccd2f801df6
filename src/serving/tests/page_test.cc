// SPDX-License-Identifier: Apache-2.0
#include "page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>

#include "asker.h"
#include "content_coding.h"
#include "static_files.h"

namespace valence::serving {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::vector<std::string> StaticAddressesIn(const std::string& html) {
  static const std::regex address("/static/[^\"]+");
  return {std::sregex_token_iterator(html.begin(), html.end(), address), {}};
}

TEST(Pages, NameOnlyFilesThatThereAre) {
  Asker asker;
  for (const char* const page : {"/", "/docs"}) {
    const auto answer = asker.Get(page);
    EXPECT_EQ(answer.status, 200);
    const auto addresses = StaticAddressesIn(answer.body);
    EXPECT_GE(addresses.size(), 4u);
    for (const std::string& address : addresses) EXPECT_EQ(asker.Get(address).status, 200) << address;
    EXPECT_THAT(answer.body, Not(HasSubstr("{{")));
    EXPECT_THAT(answer.extra_headers, HasSubstr("script-src 'self'; style-src 'self'"));
  }
}

TEST(StaticFiles, ComeUnpackedToWhoCannotUnpack) {
  Asker asker;
  for (const StaticFile& file : StaticFiles()) {
    const auto answer = asker.Get(file.path);  // without Accept-Encoding
    std::string unpacked;
    ASSERT_FALSE(Unpack("gzip", file.packed, 16u << 20, &unpacked).has_value());
    EXPECT_EQ(answer.body, unpacked);
    EXPECT_EQ(answer.content_type, file.content_type);
    EXPECT_THAT(answer.extra_headers, HasSubstr("Vary: Accept-Encoding"));
    EXPECT_THAT(answer.extra_headers, Not(HasSubstr("Content-Encoding")));
  }
}

TEST(ModelCard, IsServedWhereThereIsOne) {
  Asker asker({std::make_shared<ServedModel>(ModelId{"with", "1"}, SmallModel(), 2, "# Card\n"),
               Asker::Serve("without", "1", SmallModel())});
  EXPECT_EQ(asker.Get("/v1/models/with/card").body, "# Card\n");
  EXPECT_EQ(asker.Get("/v1/models/with/card").content_type, "text/markdown; charset=utf-8");
  EXPECT_EQ(asker.Get("/v1/models/with/versions/1/card").status, 200);
  EXPECT_EQ(asker.Get("/v1/models/without/card").status, 404);
  EXPECT_EQ(asker.Get("/v1/models/other/card").status, 404);
  EXPECT_THAT(asker.Get("/").body, HasSubstr("href=\"/v1/models/with/card\""));
  EXPECT_THAT(Asker().Get("/").body, Not(HasSubstr("card-link")));
}

}  // namespace
}  // namespace valence::serving
