// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "html.h"
#include "routes.h"
#include "valence/classifier/classifier.h"

namespace valence::serving {

/// A file of the page that the browser fetches by itself.
struct StaticFile {
  std::string_view content;
  std::string_view content_type;
};
/// Requires one of kStyle, kScript, kIcon.
StaticFile FindStaticFile(Route route);

/// Headers of every HTML answer: nothing inline, nothing from elsewhere, no framing, no referrer.
extern const std::string_view kPageHeaders;
/// Headers of static files. Their addresses carry a digest of their content, so browsers may keep them.
extern const std::string_view kStaticHeaders;

/// The page, rendered whole on the server: it works without JavaScript. Thread-safe.
class Page {
 public:
  explicit Page(const classifier::Classifier& classifier);

  void RenderEmpty(std::string* out) const { Render("", "", out); }
  void RenderAnswer(std::string_view text, const classifier::Prediction& prediction, std::string* out) const;
  void RenderError(std::string_view text, std::string_view message, std::string* out) const;

 private:
  void Render(std::string_view text, std::string_view result, std::string* out) const;

  const classifier::Classifier& classifier_;
  HtmlTemplate template_;
  std::string style_;
  std::string script_;
  std::string icon_;
};

}  // namespace valence::serving
