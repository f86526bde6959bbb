#!/usr/bin/env perl
# SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# runcommands.pl TOOL DOCUMENT...: runs the commands of `ipcprims` in the documents' console
# blocks, one after the other. Each succeeds and, where the block shows what it prints, prints that.
use strict;
use warnings;
use Cwd qw(abs_path);
use File::Basename;
use File::Temp qw(tempdir);
use Time::HiRes qw(sleep);

# The files that the commands name. Those in /tmp are in the scratch folder, too.
my %files = (
    'notes.txt' => "Where a socket should be, there is this.\n",
    'hello.json' => '{"do": "it"}',
    'photo.jpg' => 'Any bytes will do.',
    'schemas/command.schema.json' => '{"type": "object", "required": ["do"]}',
);

my ($tool, @documents) = @ARGV;
my $scratch = tempdir(CLEANUP => 1);
mkdir "$scratch/schemas";
for my $name (keys %files) {
    open my $file, '>', "$scratch/$name" or die "$name: $!\n";
    print $file $files{$name};
}
$_ = abs_path($_) for @documents;
$ENV{PATH} = dirname(abs_path($tool)) . ":$ENV{PATH}";
$ENV{XDG_RUNTIME_DIR} = $scratch;
delete @ENV{qw(QT_LOGGING_RULES SNAP_USER_COMMON FLATPAK_ID)};
chdir $scratch or die "$scratch: $!\n";

my $problems = 0;
my @servers;

# It says when it listens, but to people; its socket tells as well.
sub start_server {
    my ($command) = @_;
    my $pid = fork // die "fork: $!\n";
    if ($pid == 0) {
        exec "exec $command >$scratch/out.log" or die;
    }
    push @servers, $pid;
    my ($socket) = $command =~ /(\S+\.sock)\b/;
    $socket = "ipcprims/$1.sock" if $command =~ /--service (\S+)/;
    for (1 .. 300) {
        return if -S $socket;
        sleep 0.1;
    }
    die "$command: nothing listens at $socket\n";
}

sub check {
    my ($where, $command, $expected) = @_;
    return if $command !~ /^ipcprims /;
    $command =~ s/ +# .*//;
    $command =~ s{/tmp/}{$scratch/}g;
    return start_server($command) if $command =~ s/ *&$//;
    my $printed = `$command 2>&1`;
    my $code = $?;
    $printed =~ s{\Q$scratch\E/}{/tmp/}g;
    return if $expected eq '' ? $code == 0 : $printed eq $expected;
    print STDERR "$where: $command ended with ", $code >> 8, " and printed\n$printed\n";
    ++$problems;
}

for my $document (@documents) {
    open my $file, '<', $document or die "$document: $!\n";
    my ($is_console, $command, $where, $expected);
    while (<$file>) {
        next if !$is_console && !($is_console = /^```console$/);
        if (/^\$ / || /^```/) {
            check($where, $command, $expected) if defined $command;
            undef $command;
        }
        if (/^\$ (.*)/) {
            ($command, $where, $expected) = ($1, "$document:$.", '');
        } elsif (/^```$/) {
            $is_console = 0;
        } elsif (defined $command) {
            $expected .= $_;
        }
    }
    # They end as the tool's help says.
    kill 'TERM', @servers;
    for (@servers) {
        waitpid $_, 0;
        next if $? == 0;
        print STDERR "a server of $document ended with $?\n";
        ++$problems;
    }
    @servers = ();
}
exit($problems ? 1 : 0);
