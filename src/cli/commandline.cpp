// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "cli/commandline.h"

#include "cli/failure.h"
#include "cli/optionvalues.h"
#include "cli/version.h"

#include <IpcPrims/endpoint.h>

#include <QtCore/qfile.h>

#include <CLI/CLI.hpp>

#include <algorithm>

// CLI11 reports problems as exceptions. They begin and end in this file.
namespace IpcPrims::Tool {

namespace {

constexpr char UntilStopped[]
        = "Runs until Ctrl+C or SIGTERM; then it removes the socket and exits with 0.";

constexpr int MostSchemasToCheck = 65536; // A channel for each.

class HelpFormatter : public CLI::Formatter
{
public:
    HelpFormatter()
    {
        label("SUBCOMMAND", "COMMAND");
        label("Positionals", "Arguments");
        column_width(28);
    }

    std::string make_description(const CLI::App *app) const override
    {
        return CLI::Formatter::make_description(app) + '\n';
    }
};

// Lets a parser of option values speak for an option; what it refuses is a wrong command line.
template<typename Value, typename Parse>
CLI::Option *addValue(CLI::App &app, const std::string &names, Value &value, Parse parse,
                      const std::string &expected, const std::string &description)
{
    const std::string longName = names.substr(names.find(',') + 1);
    const auto assign = [&value, parse, longName, expected](const std::string &text) {
        const auto parsed = parse(text);
        if (!parsed)
            throw CLI::ValidationError(longName, '"' + text + "\" is not " + expected);
        value = *parsed;
    };
    return app.add_option_function<std::string>(names, assign, description);
}

// An option that takes one of a few words.
template<typename Value, typename Choice>
void addChoice(CLI::App &app, const std::string &name, Value &value,
               const std::vector<std::pair<std::string, Choice>> &choices,
               const std::string &description)
{
    std::string words;
    for (const auto &[word, choice] : choices)
        words += (words.empty() ? "" : "|") + word;
    const auto parse = [choices](const std::string &text) -> std::optional<Choice> {
        for (const auto &[word, choice] : choices) {
            if (word == text)
                return choice;
        }
        return std::nullopt;
    };
    addValue(app, name, value, parse, "one of " + words, description)->option_text(words);
}

void addEndpoint(CLI::App &command, Endpoint &endpoint, const std::string &description)
{
    const auto setPath = [&endpoint](const std::string &path) {
        endpoint = Endpoint::fromPath(QFile::decodeName(path.c_str()));
    };
    CLI::Option *positional = command.add_option_function<std::string>("PATH", setPath, description)
                                      ->required()
                                      ->option_text(" ");
    const auto setService = [&endpoint, positional](const std::string &name) {
        endpoint = Endpoint::forService(QString::fromStdString(name));
        if (endpoint.isNull()) {
            throw CLI::ValidationError("--service", '"' + name
                                                            + "\" is not a service name: letters, "
                                                              "digits, '.', '-' and '_'");
        }
        positional->required(false);
    };
    command.add_option_function<std::string>("--service", setService,
                                             "In place of PATH: a service of this user, such as "
                                             "org.example.indexer")
            ->option_text("NAME")
            ->excludes(positional);
}

void addChannels(CLI::App &command, std::optional<QList<quint16>> &channels,
                 const std::string &description)
{
    addValue(command, "--channels", channels, parseChannels,
             "a comma separated list of channels (1 to 65535)", description)
            ->option_text("LIST");
}

void addTime(CLI::App &command, const std::string &name, std::chrono::milliseconds &time,
             const std::string &description)
{
    addValue(command, name, time, parseTime, "a positive time such as 5s, 5 or 200ms", description)
            ->option_text("TIME");
}

void addGlobalOptions(CLI::App &app, Options &options)
{
    using Format = std::pair<std::string, OutputFormat>;
    using Level = std::pair<std::string, Log::Level>;
    using LogFormat = std::pair<std::string, Log::Format>;

    app.set_help_flag("-h,--help", "Print help");
    app.set_version_flag("-V,--version", versionText(), "Print the version");
    addChoice(app, "--format", options.format,
              std::vector{Format("json", OutputFormat::Json), Format("table", OutputFormat::Table),
                          Format("pretty", OutputFormat::Pretty), Format("raw", OutputFormat::Raw)},
              "How to print results (default: table on a terminal, else json)");
    addChoice(app, "--log-level", options.logLevel,
              std::vector{Level("error", Log::Level::Error), Level("warn", Log::Level::Warning),
                          Level("info", Log::Level::Info), Level("debug", Log::Level::Debug),
                          Level("trace", Log::Level::Trace)},
              "Least severe messages to log (default: info)");
    addChoice(
            app, "--log-format", options.logFormat,
            std::vector{LogFormat("text", Log::Format::Text), LogFormat("json", Log::Format::Json)},
            "How to write log lines (default: text)");
}

CLI::App &addCommand(CLI::App &app, const std::string &name, const std::string &description,
                     const std::string &note)
{
    CLI::App *command = app.add_subcommand(name, description);
    command->group("Commands");
    command->fallthrough(); // so that global options may follow the command
    command->footer(note
                    + "\n\nGlobal options: --format, --log-level, --log-format "
                      "(see ipcprims --help)");
    return *command;
}

void addEcho(CLI::App &app, EchoOptions &options)
{
    CLI::App &command
            = addCommand(app, "echo", "Serve clients and send every frame back", UntilStopped);
    addEndpoint(command, options.endpoint, "Where to listen");
    addChannels(command, options.channels, "Channels to offer (default: 1,2,3,4)");
#ifdef IPCPRIMS_TOOL_HAS_SCHEMA
    command.add_option("--validate", options.schemaDirectory,
                       "Refuse frames that don't meet the schemas in DIR (strict mode)")
            ->option_text("DIR");
#endif
}

void addListen(CLI::App &app, ListenOptions &options)
{
    const std::string example
            = "Example: ipcprims listen /tmp/demo.sock --channels 2 --count 1 --format raw > data";
    CLI::App &command = addCommand(app, "listen", "Serve clients and print the frames they send",
                                   UntilStopped + ("\n\n" + example));
    addEndpoint(command, options.endpoint, "Where to listen");
    addChannels(command, options.channels, "Print frames of these channels only (default: all)");
    addValue(command, "--count", options.count, parseCount, "a positive number",
             "Stop after so many printed frames")
            ->option_text("N");
}

void addSend(CLI::App &app, SendOptions &options)
{
    const std::string example
            = "Example: ipcprims send /tmp/demo.sock --json '{\"op\":\"status\"}' --wait";
    CLI::App &command
            = addCommand(app, "send", "Send one frame, and print the answer if asked to",
                         "Without --json, --data or --file the payload is empty.\n\n" + example);
    addEndpoint(command, options.endpoint, "Where the server listens");
    addValue(command, "-c,--channel", options.channel, parseChannel, "a channel (1 to 65535)",
             "Channel to send on (default: 1, COMMAND)")
            ->option_text("N");
    CLI::Option *json
            = command.add_option("--json", options.json, "Payload: JSON, sent as it is written")
                      ->option_text("TEXT");
    CLI::Option *data
            = command.add_option("--data", options.data, "Payload: any text")->option_text("TEXT");
    CLI::Option *file = command.add_option("--file", options.file,
                                           "Payload: the content of FILE, at most 16 MiB")
                                ->option_text("FILE");
    json->excludes(data)->excludes(file);
    data->excludes(file);
    command.add_flag("--wait", options.wait,
                     "Print one answer, on the same channel or on ERROR (4)");
    addTime(command, "--wait-timeout", options.waitTimeout,
            "How long --wait waits, such as 5s or 200ms (default: 5s)");
}

void addInfo(CLI::App &app, InfoOptions &options)
{
    CLI::App &command = addCommand(app, "info", "Connect, ping, and print what the server offers",
                                   "Waits while nothing is at PATH, or nobody listens there yet.");
    addEndpoint(command, options.endpoint, "Where the server listens");
    addTime(command, "--timeout", options.timeout,
            "How long to wait, such as 5s or 200ms (default: 5s)");
}

#ifdef IPCPRIMS_TOOL_HAS_SCHEMA
void addStrict(CLI::App &command, bool &strict)
{
    command.add_flag("--strict", strict, "Allow objects only the members that schemas name");
}

void addSchema(CLI::App &app, SchemaCheckOptions &check, SchemaValidateOptions &validate)
{
    CLI::App &schema
            = addCommand(app, "schema", "Check schemas, or payloads against schemas",
                         "Exits with 60 if a schema or the payload is bad.\n\n"
                         "Example: ipcprims schema validate schemas --channel 1 hello.json");
    schema.require_subcommand(1);

    CLI::App &checkCommand
            = addCommand(schema, "check", "Say what is wrong with schemas",
                         "In a DIR, schemas are the files named channel_N.schema.json, or for a\n"
                         "channel such as command.schema.json. A FILE may have any name. Those of\n"
                         "a DIR may refer to each other, and so may all the FILEs.");
    checkCommand.add_option("DIR|FILE", check.paths, "Schemas to check")
            ->required()
            ->expected(1, MostSchemasToCheck)
            ->option_text("...");
    addStrict(checkCommand, check.strict);

    CLI::App &validateCommand
            = addCommand(schema, "validate", "Judge a payload as a peer with these schemas would",
                         "The result is on standard output, and in the exit code.");
    validateCommand.add_option("DIR", validate.directory, "Schemas")->required()->option_text(" ");
    validateCommand.add_option("FILE", validate.file, "Payload; - is standard input")
            ->required()
            ->option_text(" ");
    addValue(validateCommand, "-c,--channel", validate.channel, parseChannel,
             "a channel (1 to 65535)", "Channel of the payload (default: 1, COMMAND)")
            ->option_text("N");
    addStrict(validateCommand, validate.strict);
    validateCommand.add_flag("--formats", validate.assertFormats,
                             "Take what a schema says about formats for a rule");
}
#endif

void addList(CLI::App &app, ListOptions &options)
{
    CLI::App &command
            = addCommand(app, "list", "List the services of this user, or the sockets in DIR",
                         "Nothing is connected to and nothing removed. \"dead\" is what a killed "
                         "server\nhas left behind.\n\nExample: ipcprims list --format table");
    command.add_option("DIR", options.directory,
                       "Where to look instead (default: where --service looks)")
            ->option_text(" ");
    command.add_flag("--json", options.json, "The same as --format json");
}

void addVersion(CLI::App &app, VersionOptions &options)
{
    CLI::App &command = addCommand(app, "version", "Print the version",
                                   "A bug report should name what --extended prints.");
    command.add_flag("--extended", options.extended,
                     "Also print the system, compiler, Qt and commit it was built with");
}

void addHelp(CLI::App &app, std::string &topic)
{
    CLI::App &command = addCommand(app, "help", "Print help for a command",
                                   "The same as ipcprims COMMAND --help.");
    command.add_option("COMMAND", topic, "The command to explain")->option_text(" ");
}

std::string unknownCommand(const std::string &name)
{
    return "there is no command \"" + name + '"';
}

// CLI11 only sees that words are left over or a command is missing, not what was meant.
std::string describe(const CLI::App &app, const CLI::ParseError &problem)
{
    if (problem.get_exit_code() == int(CLI::ExitCodes::ExtrasError)) {
        const auto words = app.remaining(true);
        const auto option = std::find_if(words.begin(), words.end(), [](const std::string &word) {
            return word.starts_with('-');
        });
        return option != words.end() ? "there is no option " + *option
                                     : "unexpected argument \"" + words.front() + '"';
    }
    const auto chosen = app.get_subcommands();
    const CLI::App &innermost = chosen.empty() ? app : *chosen.front();
    const bool hasCommands
            = !innermost.get_subcommands([](const CLI::App *) { return true; }).empty();
    const bool commandMissing = hasCommands && innermost.get_subcommands().empty()
                                && problem.get_exit_code() == int(CLI::ExitCodes::RequiredError);
    if (!commandMissing)
        return problem.what();
    const auto words = app.remaining(true);
    if (words.empty())
        return "no command given";
    return words.front().starts_with('-') ? "there is no option " + words.front()
                                          : unknownCommand(words.front());
}

Conclusion wrongCommandLine(const CLI::App &app, const std::string &problem)
{
    const auto chosen = app.get_subcommands();
    const CLI::App *command = chosen.empty() ? &app : chosen.front();
    const std::string name = chosen.empty() ? "ipcprims" : "ipcprims " + command->get_name();
    return {ExitUsage, "error: " + problem + "\n\n" + HelpFormatter().make_usage(command, name)
                               + "Try \"" + name + " --help\".\n"};
}

Conclusion helpFor(CLI::App &app, const std::string &topic)
{
    if (topic.empty())
        return {ExitSuccess,
                app.get_formatter()->make_help(&app, app.get_name(), CLI::AppFormatMode::Normal)};
    const auto found = app.get_subcommands(
            [&topic](const CLI::App *command) { return command->get_name() == topic; });
    if (found.empty())
        return wrongCommandLine(app, unknownCommand(topic));
    return {ExitSuccess, found.front()->help(app.get_name())};
}

} // namespace

std::variant<Options, Conclusion> parseCommandLine(int argc, const char *const *argv)
{
    CLI::App app("Talks to ipcprims peers over Unix sockets: framed messages on numbered channels.",
                 "ipcprims");
    app.formatter(std::make_shared<HelpFormatter>());
    app.require_subcommand(1);
    app.footer("Try: ipcprims echo /tmp/demo.sock &\n"
               "     ipcprims send /tmp/demo.sock --data hello --wait\n\n"
               "Exit codes: 0 success, 1 refused or disconnected, 3 path too long,\n"
               "  50 permission denied, 60 bad or too large data, 64 wrong command line,\n"
               "  124 timed out, 125 anything else.");

    Options options;
    EchoOptions echo;
    ListenOptions listen;
    SendOptions send;
    InfoOptions info;
    ListOptions list;
    SchemaCheckOptions schemaCheck;
    SchemaValidateOptions schemaValidate;
    VersionOptions version;
    std::string helpTopic;
    addGlobalOptions(app, options);
    addEcho(app, echo);
    addListen(app, listen);
    addSend(app, send);
    addInfo(app, info);
    addList(app, list);
#ifdef IPCPRIMS_TOOL_HAS_SCHEMA
    addSchema(app, schemaCheck, schemaValidate);
#endif
    addVersion(app, version);
    addHelp(app, helpTopic);

    try {
        app.parse(argc, argv);
    } catch (const CLI::CallForHelp &) {
        return Conclusion{ExitSuccess, app.help()};
    } catch (const CLI::CallForVersion &) {
        return Conclusion{ExitSuccess, versionText() + '\n'};
    } catch (const CLI::ParseError &problem) {
        return wrongCommandLine(app, describe(app, problem));
    }

    if (app.got_subcommand("echo"))
        options.command = echo;
    else if (app.got_subcommand("listen"))
        options.command = listen;
    else if (app.got_subcommand("send"))
        options.command = send;
    else if (app.got_subcommand("info"))
        options.command = info;
    else if (app.got_subcommand("list"))
        options.command = list;
#ifdef IPCPRIMS_TOOL_HAS_SCHEMA
    else if (app.got_subcommand("schema") && app.get_subcommand("schema")->got_subcommand("check"))
        options.command = schemaCheck;
    else if (app.got_subcommand("schema"))
        options.command = schemaValidate;
#endif
    else if (app.got_subcommand("version"))
        options.command = version;
    else
        return helpFor(app, helpTopic);
    return options;
}

} // namespace IpcPrims::Tool
