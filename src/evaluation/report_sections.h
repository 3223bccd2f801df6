// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "valence/evaluation/report.h"

/// The parts of report.html, each a string of HTML; "" if there is nothing to show. All texts of the input are escaped.
namespace valence::evaluation {

/// <section id="id"> with a heading around `body`; "" for an empty body.
std::string Section(std::string_view id, std::string_view title, std::string_view body);
/// A framed box around `body`; "" for an empty body.
std::string Panel(std::string_view body);

std::string HeadlineCards(const ReportInput& input);
std::string MetricsAndGate(const ReportInput& input);
std::string ConfusionAndClasses(const ReportInput& input);
std::string CurvePictures(const ReportInput& input);
std::string SlicesTableAndPicture(const ReportInput& input);
std::string TopWords(const ReportInput& input);
std::string WorstDocuments(const ReportInput& input);
/// Tables of any JSON object: its scalars, then one table for each object in it.
std::string JsonFacts(const Json& json);
std::string Parameters(const ReportInput& input);

/// The rows behind each picture: key (data-rows of the page) -> array of objects.
Json PictureRows(const ReportInput& input);
/// An empty box that web/report/main.mjs draws `picture` into, over rows `key`, with title and explanation.
std::string PictureBox(std::string_view picture, std::string_view key, std::string_view title,
                       std::string_view explanation);
/// The curve called `name`, or nullptr.
const Curve* FindCurve(const ReportInput& input, std::string_view name);

}  // namespace valence::evaluation
