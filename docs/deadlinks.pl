#!/usr/bin/env perl
# SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# deadlinks.pl FOLDER: each link of the site in FOLDER leads to a file of it, and to a place that exists.
use strict;
use warnings;

my ($folder) = @ARGV;
my (%links, %places);
for my $path (glob "$folder/*.html") {
    open my $file, '<', $path or die "$path: $!\n";
    local $/;
    my $page = <$file>;
    my ($name) = $path =~ m{([^/]+)$};
    $places{$name}{$1} = 1 while $page =~ /\b(?:id|name)="([^"]+)"/g;
    $links{$1}{$name} = 1 while $page =~ /\b(?:href|src)="(?![a-z]+:)([^"]+)"/g;
}
die "there is no site in $folder\n" if !%links;

my $problems = 0;
for my $link (sort keys %links) {
    my ($file, $place) = $link =~ /^([^#?]*)[^#]*#?(.*)$/;
    for my $from (sort keys %{$links{$link}}) {
        my $target = $file eq '' ? $from : $file;
        next if -e "$folder/$target" && ($place eq '' || !$places{$target} || $places{$target}{$place});
        print STDERR "$from: $link leads nowhere\n";
        ++$problems;
    }
}
exit($problems > 0);
