// SPDX-License-Identifier: Apache-2.0
#include "aws_xml.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <pugixml.hpp>

#include "valence/base/numbers.h"
#include "valence/net/http_client.h"

namespace valence::net::internal {
namespace {

constexpr std::size_t kMaxMessageBytes = 300;

/// The root element of that name.
Result<pugi::xml_node> Parse(std::string_view xml, const char* root, pugi::xml_document* document) {
  // Without parse_doctype pugixml skips a document type; S3 never sends one, so its presence is a reason to stop.
  constexpr unsigned int kFlags = pugi::parse_default | pugi::parse_doctype;
  const pugi::xml_parse_result parsed = document->load_buffer(xml.data(), xml.size(), kFlags, pugi::encoding_utf8);
  if (!parsed) return DataCorrupt(fmt::format("the answer is not XML: {}", parsed.description()));
  for (const pugi::xml_node node : document->children()) {
    if (node.type() == pugi::node_doctype) return DataCorrupt("the answer is XML with a document type");
  }
  const pugi::xml_node node = document->document_element();
  if (std::strcmp(node.name(), root) != 0) {
    return DataCorrupt(fmt::format("expected <{}> in the answer", root));
  }
  return node;
}

Result<std::string> Required(const pugi::xml_node& parent, const char* name) {
  const std::string text = parent.child_value(name);
  if (text.empty()) return DataCorrupt(fmt::format("<{}> without <{}> in the answer", parent.name(), name));
  return text;
}

std::string Printable(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, ' ');
  return text.substr(0, kMaxMessageBytes);
}

Result<ListedObject> ParseObject(const pugi::xml_node& node, bool is_encoded) {
  ListedObject object;
  VALENCE_TRY(object.key, Required(node, "Key"));
  if (is_encoded) object.key = PercentDecode(object.key, PlusSign::kSpace);
  const auto size = ParseInt(node.child_value("Size"));
  if (!size.has_value() || *size < 0) return DataCorrupt("an object without a size in the listing");
  object.size = static_cast<std::uint64_t>(*size);
  object.etag = node.child_value("ETag");
  return object;
}

}  // namespace

AwsError ParseAwsError(std::string_view xml) {
  pugi::xml_document document;
  auto root = Parse(xml, "Error", &document);
  if (!root.has_value()) {
    root = Parse(xml, "ErrorResponse", &document);
    if (!root.has_value()) return {};
    *root = root->child("Error");
  }
  return {Printable(root->child_value("Code")), Printable(root->child_value("Message")),
          Printable(root->child_value("Region"))};
}

Result<ListPage> ParseListPage(std::string_view xml) {
  pugi::xml_document document;
  VALENCE_TRY(const pugi::xml_node root, Parse(xml, "ListBucketResult", &document));
  const bool is_encoded = std::strcmp(root.child_value("EncodingType"), "url") == 0;
  ListPage page;
  for (const pugi::xml_node node : root.children("Contents")) {
    VALENCE_TRY(ListedObject object, ParseObject(node, is_encoded));
    page.objects.push_back(std::move(object));
  }
  if (std::strcmp(root.child_value("IsTruncated"), "true") == 0) {
    VALENCE_TRY(page.next_token, Required(root, "NextContinuationToken"));
  }
  return page;
}

Result<std::string> ParseUploadId(std::string_view xml) {
  pugi::xml_document document;
  VALENCE_TRY(const pugi::xml_node root, Parse(xml, "InitiateMultipartUploadResult", &document));
  return Required(root, "UploadId");
}

Result<std::string> ParseCompletedEtag(std::string_view xml) {
  const AwsError error = ParseAwsError(xml);
  if (!error.code.empty()) return Unavailable(fmt::format("{} ({})", error.message, error.code));
  pugi::xml_document document;
  VALENCE_TRY(const pugi::xml_node root, Parse(xml, "CompleteMultipartUploadResult", &document));
  return Required(root, "ETag");
}

Result<AwsCredentials> ParseStsCredentials(std::string_view xml) {
  // <AssumeRole...Response><AssumeRole...Result><Credentials>
  pugi::xml_document document;
  const pugi::xml_parse_result parsed = document.load_buffer(xml.data(), xml.size());
  if (!parsed) return DataCorrupt(fmt::format("the answer is not XML: {}", parsed.description()));
  const pugi::xml_node node = document.document_element().first_child().child("Credentials");
  AwsCredentials credentials;
  VALENCE_TRY(credentials.access_key_id, Required(node, "AccessKeyId"));
  VALENCE_TRY(credentials.secret_access_key, Required(node, "SecretAccessKey"));
  VALENCE_TRY(credentials.session_token, Required(node, "SessionToken"));
  VALENCE_TRY(credentials.expires, ParseIso8601(node.child_value("Expiration")));
  return credentials;
}

Result<std::chrono::system_clock::time_point> ParseIso8601(std::string_view text) {
  // Field by field: sscanf would take signs and blanks.
  constexpr std::string_view kShape = "dddd-dd-ddTdd:dd:dd";
  const auto wrong = [&] { return DataCorrupt("expected a time such as 2026-01-31T23:59:59Z"); };
  if (text.size() < kShape.size() + 1) return wrong();
  std::array<int, 6> fields{};
  std::size_t field = 0;
  for (std::size_t i = 0; i < kShape.size(); ++i) {
    const bool is_digit = text[i] >= '0' && text[i] <= '9';
    if (kShape[i] == 'd' ? !is_digit : text[i] != kShape[i]) return wrong();
    if (kShape[i] == 'd') {
      fields[field] = fields[field] * 10 + (text[i] - '0');
    } else {
      ++field;
    }
  }
  std::string_view rest = text.substr(kShape.size());
  if (rest.front() == '.') rest.remove_prefix(std::min(rest.find_first_not_of("0123456789", 1), rest.size()));
  const std::chrono::year_month_day date{std::chrono::year(fields[0]),
                                         std::chrono::month(static_cast<unsigned>(fields[1])),
                                         std::chrono::day(static_cast<unsigned>(fields[2]))};
  if ((rest != "Z" && rest != "+00:00") || !date.ok() || fields[3] > 23 || fields[4] > 59 || fields[5] > 60) {
    return wrong();
  }
  const auto day = std::chrono::time_point_cast<std::chrono::system_clock::duration>(std::chrono::sys_days(date));
  return day + std::chrono::hours(fields[3]) + std::chrono::minutes(fields[4]) + std::chrono::seconds(fields[5]);
}

}  // namespace valence::net::internal
