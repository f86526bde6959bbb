#!/usr/bin/perl
# SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# textformats.pl FILE...: finds where text could be read as a format. What another process wrote may
# hold "%1", "%s", "(.*)" or "<b>"; it must never come where these mean something.
#
# The rules need no types, so they are about what stands in the source:
#
#  - Of a chain, text.arg(a).arg(b), each argument but the last is visibly a number: a size, a count,
#    a channel, a constant. Everything else goes into one call, text.arg(a, b), which looks for the
#    place markers once; or, if it is a number after all, through QString::number().
#  - arg() is called on a literal, on what another arg() returned, or on a function's format.
#  - A log macro, or a function of the printf() family, has a literal as its format.
#  - A regular expression is a literal, or made of escape()d text.
#
# Test programs may do what they like: they have no other side but themselves.

use strict;
use warnings;

my $literal = qr/(?:QStringLiteral|QLatin1String|tr)\s*\(\s*(?:"(?:[^"\\]|\\.)*"\s*)+\)
                |u?"(?:[^"\\]|\\.)*"(?:_s|_L1)?/x;

# One argument list, or what is in its parentheses, which may hold others.
my $list = qr/(\((?:[^()"']|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|(?-1))*\))/;

# The last word of an expression that is a number.
my $numeric = qr/(?:^|_|[a-z.>:])(?:channel|byte|size|length|count|number|offset|fill(?:ed)?|frame
                |code|limit|uid|gid|pid|[0-9]+)s?$/xi;

my $findings = 0;

sub report {
    my ($file, $text, $offset, $message) = @_;
    my $line = 1 + (substr($text, 0, $offset) =~ tr/\n//);
    print STDERR "$file:$line: $message\n";
    ++$findings;
}

# Without comments, but with as many characters in each line.
sub withoutComments {
    my ($text) = @_;
    $text =~ s{("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)+')|(//[^\n]*|/\*.*?\*/)}
              {defined $1 ? $1 : $2 =~ s/[^\n]/ /gr}gse;
    return $text;
}

sub isVisiblyNumber {
    my ($expression) = @_;
    $expression =~ s/^\(\s*|\s*\)$//g;
    # Base, width and the like come after the number.
    $expression =~ s/,[^()]*(?:\([^()]*\))?$//;
    return 1 if $expression =~ /[-+]\s*[0-9]+$/;
    return 1 if $expression =~ /^(?:QString::number|q?u?int[0-9]*|double)\b/;
    return 1 if $expression =~ /^[A-Za-z:]*\bMax[A-Za-z]*$/;
    # The name of what is called, or of what is there.
    $expression =~ s/$list\s*$//;
    $expression =~ s/^.*\(\*|^\*//;
    return $expression =~ $numeric;
}

for my $file (@ARGV) {
    open(my $handle, '<', $file) or die "$file: $!\n";
    my $text = withoutComments(do { local $/; <$handle> });
    close $handle;

    while ($text =~ /\.arg\s*(?=\()/g) {
        my $begin = pos $text;
        my ($before, $after) = (substr($text, 0, $-[0]), substr($text, $begin));
        report($file, $text, $-[0], 'arg() on something that is no literal')
            unless $before =~ /(?:$literal|\))\s*$/
            && $before !~ /(?:message|text|reason|method|name|string)\w*\s*\([^()"]*\)\s*$/i;
        next unless $after =~ /^$list\s*\.arg\s*\(/;
        my $argument = $1;
        report($file, $text, $begin,
            "$argument may be text: use one call, arg(a, b), or QString::number()")
            unless isVisiblyNumber($argument);
    }
    while ($text =~ /\bqC(?:Debug|Info|Warning|Critical|Fatal)\s*\(([^,()]|\(\))*,\s*/g) {
        report($file, $text, $-[0], 'the format of a log message is no literal')
            unless substr($text, pos $text) =~ /^"/;
    }
    while ($text =~ /\bq(?:Debug|Info|Warning|Critical|Fatal)\s*\(\s*(?!\))/g) {
        report($file, $text, $-[0], 'the format of a log message is no literal')
            unless substr($text, pos $text) =~ /^"/;
    }
    while ($text =~ /\b(?:asprintf\s*\(|s?printf\s*\((?!\s*std(?:err|out))|fprintf\s*\([^,]*,)\s*/g) {
        report($file, $text, $-[0], 'the format is no literal')
            unless substr($text, pos $text) =~ /^"/;
    }
    while ($text =~ /\bQRegularExpression\s*(?:\w+\s*)?(?=[({])[({]\s*/g) {
        report($file, $text, $-[0], 'the pattern is no literal')
            unless substr($text, pos $text) =~ /^(?:$literal|[)}]|R"|QRegularExpression::)/;
    }
}

exit($findings > 0);
