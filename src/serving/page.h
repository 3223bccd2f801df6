// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "html.h"
#include "valence/classifier/classifier.h"

namespace valence::serving {

/// A file of the page that the browser fetches by itself.
struct StaticFile {
  std::string_view path;
  std::string_view content;
  std::string_view content_type;
};
/// The file that is served at `path`, or nullptr.
const StaticFile* FindStaticFile(std::string_view path);

/// Headers of every HTML answer: nothing inline, nothing from elsewhere, no framing, no referrer.
extern const std::string_view kPageHeaders;
/// Headers of static files. Their addresses carry a digest of their content, so browsers may keep them.
extern const std::string_view kStaticHeaders;

/// The page, rendered whole on the server: it works without JavaScript. Thread-safe.
class Page {
 public:
  Page();

  void RenderEmpty(const classifier::Classifier& model, std::string* out) const { Render(model, "", "", out); }
  void RenderAnswer(const classifier::Classifier& model, std::string_view text,
                    const classifier::Prediction& prediction, std::string* out) const;
  void RenderError(const classifier::Classifier& model, std::string_view text, std::string_view message,
                   std::string* out) const;

 private:
  void Render(const classifier::Classifier& model, std::string_view text, std::string_view result,
              std::string* out) const;

  HtmlTemplate template_;
  std::string style_;
  std::string script_;
  std::string icon_;
};

}  // namespace valence::serving
