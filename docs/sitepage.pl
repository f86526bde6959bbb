#!/usr/bin/env perl
# SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# sitepage.pl PAGE.md: prints the page with labels and references of Doxygen, which knows neither the
# usual names of headings nor links to them. The pages themselves are written for any reader of Markdown.
use strict;
use warnings;

# docs/first-steps.md is the page first-steps, and its heading "Ask for a channel" has the label
# first-steps_ask-for-a-channel.
sub page {
    my ($path) = @_;
    my ($name) = $path =~ m{([^/]+)\.md$};
    return 'benchmarks' if $path =~ m{benchmarks/README};
    return $name =~ /[a-z]/ ? $name : 'project-' . lc $name;    # There are SECURITY and security.
}

sub label {
    my ($heading) = @_;
    $heading = lc $heading;
    $heading =~ s/[^a-z0-9 _-]//g;
    $heading =~ s/ /-/g;
    return $heading;
}

my $page = page($ARGV[0]);
my $is_code = 0;
my $has_begun = 0;    # What comes before the title would take its place.

sub reference {
    my ($text, $target) = @_;
    return "[$text]($target)" if $target =~ /^[a-z]+:/ || $target =~ /\.svg$/;
    my ($path, $heading) = $target =~ /^([^#]*)#?(.*)$/;
    return $text if $path ne '' && $path !~ /\.md$/;    # A folder of the sources.
    my $name = $path eq '' ? $page : page($path);
    $name .= "_$heading" if $heading ne '';
    return "\@ref $name \"$text\"";
}

while (my $line = <>) {
    $is_code = !$is_code if $line =~ /^```/;
    $has_begun = 1 if $line =~ /^# /;
    next if !$has_begun;
    if (!$is_code) {
        if ($line =~ /^# (.*)$/) {
            $line = "# $1 {#$page}\n";
        } elsif ($line =~ /^##+ (.*)$/) {
            my $name = label($1);
            $line =~ s/$/ {#${page}_$name}/;
        }
        $line =~ s/(!\[[^\]]+\]\()[^)]*\//$1/g;    # All pictures are in one folder.
        $line =~ s/(?<!!)\[([^\]]+)\]\(([^)]+)\)/reference($1, $2)/ge;
    }
    print $line;
}
