#!/usr/bin/env perl
# SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# checkdocument.pl TOP DOCUMENT...: what documents say about the project at TOP is so:
# - each block of code has a language, and is therefore compiled (snippets/), configured
#   (tests/auto/cmake), run (runcommands.pl) or parsed; what is "text" is not for a program
# - each link leads to a file, and to the heading that it names
# - each function named as `name()` is in a public header
# - each "./dev command" is one
use strict;
use warnings;
use File::Basename;

# Functions of the system, of Qt, of the standard library, and of what docs/moving.md compares.
my %foreign = map { $_ => 1 } qw(fork main flock malloc ppoll result then invokeMethod aboutToQuit
    moveToThread removeServer newConnection nextPendingConnection waitForBytesWritten waitForReadyRead
    QRemoteObjectHost enableRemoting connectToNode acquire zmq_poll);

my $problems = 0;
my ($document, $line);

sub report {
    my ($what) = @_;
    print STDERR "$document:$line: $what\n";
    ++$problems;
}

sub content {
    my ($path) = @_;
    open my $file, '<', $path or die "$path: $!\n";
    local $/;
    return scalar <$file>;
}

# As the usual sites name them: small letters, hyphens for spaces, nothing else.
sub headings {
    my ($path) = @_;
    my %names;
    for my $heading (content($path) =~ /^#+ (.*)$/mg) {
        $heading = lc $heading;
        $heading =~ s/[^a-z0-9 _-]//g;
        $heading =~ s/ /-/g;
        $names{"#$heading"} = 1;
    }
    return \%names;
}

sub check_link {
    my ($link) = @_;
    return if $link =~ /^[a-z]+:/;
    my ($path, $heading) = $link =~ /^([^#]*)(#.*)?$/;
    my $target = $path eq '' ? $document : dirname($document) . "/$path";
    if (!-e $target) {
        report("$link leads nowhere");
    } elsif (defined $heading && !headings($target)->{$heading}) {
        report("$link: there is no such heading");
    }
}

sub check_json {
    my ($text) = @_;
    require JSON::PP;
    eval { JSON::PP->new->allow_nonref->decode($text); 1 } or report("no JSON: $@");
}

my ($top, @documents) = @ARGV;
my $api = join '', map { content($_) } glob "$top/include/IpcPrims/*.h";
my $dev = content("$top/dev");

for (@documents) {
    $document = $_;
    $line = 0;
    my ($language, $text);
    for (split /\n/, content($document)) {
        ++$line;
        if (/^\s*```(.*)/) {
            if (defined $language) {
                check_json($text) if $language eq 'json';
                undef $language;
            } else {
                ($language, $text) = ($1, '');
                report("a block in the language '$language'")
                    if $language !~ /^(cpp|cmake|console|json|text)$/;
            }
            next;
        }
        if (!defined $language || $language eq 'console') {
            for my $command (m{\./dev ([a-z]+)}g) {
                report("./dev has no $command") if $dev !~ m{^\./dev $command\b}m;
            }
        }
        if (defined $language) {
            $text .= "$_\n";
            next;
        }
        check_link($_) for /\]\(([^)]+)\)/g;
        for my $name (/`(?:\w+::)*(\w+)\(/g) {
            report("$name() is in no public header") if !$foreign{$name} && $api !~ /\b$name\(/;
        }
    }
}
exit($problems ? 1 : 0);
