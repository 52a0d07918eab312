#!/usr/bin/perl

# Copyright (C) ngx_news_module authors

# The form of the source, three rules that find what compilers do not, and
# who may know whom.  Every rule is shown a bad example first.

use warnings;
use strict;

use File::Basename qw/ basename /;
use File::Find;
use FindBin;
use Test::More;

use lib "$FindBin::Bin/lib";
use News::Unit;


my $root = "$FindBin::Bin/..";

my @sources = files(qr/\.[ch]$/, 'ngx_news_module', 't');
my @scripts = files(qr/(?:\.pm|\.t|\.sh)$/, 't', 'examples');

cmp_ok(scalar(@sources), '>', 40, 'sources are found');


# form

my $good = "static int\nf(void)\n{\n    return 0;\n}\n\n\nint  x;\n";

is_deeply([ form($good) ], [], 'form of a good example');

for my $case (
	[ 'a long line', "/* " . 'x' x 80 . " */\n" ],
	[ 'a tab', "\tint  x;\n" ],
	[ 'a blank at the end', "int  x; \n" ],
	[ 'a carriage return', "int  x;\r\n" ],
	[ 'a comment of C++', "int  x;  // one\n" ],
	[ 'three empty lines', "int  x;\n\n\n\nint  y;\n" ],
	[ 'one line between functions', "int\nf(void)\n{\n}\n\nint\ng(void)\n" ],
	[ 'a brace on the line of a function', "int f(void) {\n}\n" ],
	[ 'no braces', "    if (x)\n        return;\n" ],
	[ 'while (1)', "    while (1) {\n    }\n" ],
	[ 'a note', "/* TODO: more */\n" ],
	[ 'dead code', "#if 0\n#endif\n" ],
	[ 'no line end', "int  x;" ])
{
	my ($name, $text) = @$case;

	isnt(form($text), 0, "$name is found");
}

for my $file (@sources) {
	is_deeply([ form(slurp($file)) ], [], "form of $file");
	cmp_ok(slurp($file) =~ tr/\n//, '<=', 800, "length of $file");
}

for my $file (@scripts) {
	unlike(slurp($file), qr/[ \t]$/m, "blanks in $file");
	unlike(slurp($file), qr/^[^\n]{100}/m, "long lines in $file");
}


# an allocation is followed by a test of its result

is_deeply([ allocations(<<'EOF') ], [], 'tested allocations');
    p = ngx_pnalloc(r->pool,
                    len);
    if (p == NULL) {
    }

    conf->list.data = ngx_palloc(pool, 1);

    if (conf->list.data == NULL) {
    }

    return news_arena_alloc(a, 1);
EOF

is(allocations("    p = ngx_palloc(pool, 1);\n    *p = 1;\n"), 1,
	'an allocation without a test is found');
is(allocations("    b->pos = news_arena_alloc(a, 1);\n    if (p == NULL) {\n"),
	1, 'an allocation with a test of another is found');


# literal and length agree

is_deeply([ lengths(<<'EOF') ], [], 'lengths that agree');
    if (ngx_strncmp(p, "zone=", 5) == 0 || memcmp(p, "\r\n\"", 3)) {
        ngx_memcpy(p, "abc", sizeof("abc") - 1);
    }
EOF

is(lengths('ngx_strncmp(p, "zone=", 6)'), 1, 'a wrong length is found');
is(lengths('memcpy(p, "\r\n", 4)'), 1, 'a wrong length of escapes is found');


# formats and arguments agree

is_deeply([ formats(<<'EOF') ], [], 'formats that agree');
    ngx_log_error(NGX_LOG_ERR, log, 0, "%V is \"%s\" %*s", &name, p,
                  len, f(a, b));
    ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno,
                       ngx_open_file_n " \"%V\" failed", name);
    ngx_log_debug2(NGX_LOG_DEBUG_HTTP, log, 0, "%ui of %O%%", a, b);
    ngx_sprintf(p, "%V%Z", &s);
EOF

for my $case (
	[ 'too few', 'ngx_sprintf(p, "%V %ui", &s);' ],
	[ 'too many', 'ngx_sprintf(p, "%V", &s, 1);' ],
	[ 'no pointer', 'ngx_log_error(1, log, 0, "%V", r->uri);' ],
	[ 'the address of a string', 'ngx_log_error(1, log, 0, "%s", &path);' ],
	[ 'a debug of another number',
		'ngx_log_debug1(1, log, 0, "%ui %ui", a, b);' ])
{
	isnt(formats($case->[1]), 0, "a format with $case->[0] is found");
}

for my $file (@sources) {
	my $text = slurp($file);

	is_deeply([ allocations($text) ], [], "allocations of $file")
		if $file =~ /^ngx_/;
	is_deeply([ lengths($text) ], [], "lengths of $file");
	is_deeply([ formats($text) ], [], "formats of $file");
}


# engine and cache know no server, and the lists for ./configure know them

for my $dir (qw/ engine cache /) {
	is_deeply([ grep {
		slurp($_) =~ /\bngx_|<ngx/
	} files(qr/\.[ch]$/, "ngx_news_module/$dir") ], [], "no nginx in $dir");
}

my $list = slurp('ngx_news_module/auto/sources');

for my $dir (qw/ engine cache nginx /) {
	my ($names) = $list =~ /^news_${dir}_files="([^"]*)"/m;

	$names =~ s/\\\n//g;

	is_deeply([ sort split ' ', $names ],
		[ sort map { basename($_, '.c') }
			files(qr/\.c$/, "ngx_news_module/$dir") ],
		"list of $dir");
}


# what the engine and the cache call

SKIP: {
	my $archive = unit_build() . '/libnews.a';

	skip 'the engine is not built here', 4 unless -f $archive;
	skip 'sanitizers call more', 4 if $ENV{TEST_NEWS_SANITIZE};

	my $libc = `cc -print-file-name=libc.so.6`;
	chomp $libc;

	my %libc = map { s/@.*//r => 1 }
		map { (split)[-1] } `nm -D --defined-only $libc`;

	my (%own, %calls, $part);

	for (`nm $archive`) {
		$part = $1 ? 'cache' : 'engine' if /^news_(cache)?\w*\.o:$/;
		$own{$1} = 1 if / [TDRBSWV] (\w+)$/;
		$calls{$part}{$1} = 1 if /^ +U (\w+)$/;
	}

	delete @$_{keys %own, '_GLOBAL_OFFSET_TABLE_'} for values %calls;

	is_deeply([ grep { !$libc{$_} && !/^(?:cmark_|yaml_|iconv|XXH|deflate
			|Brotli|ZSTD_)/x }
		sort keys %{$calls{engine}} ], [],
		'the engine calls libraries of the list');
	is_deeply([ grep { /^(?:f?open(?:at)?(?:64)?|read|p?write|f?printf|puts
		|abort|_?exit|time|clock\w*|gettimeofday|localtime\w*|tzset
		|setlocale|getenv|rand(?:om)?|socket|system|fork|pthread_\w+
		|__f?printf_chk|std(?:out|err|in))$/x } sort keys %{$calls{engine}} ],
		[], 'the engine has no files, clock, environment, way to exit');

	# a mutex, the clock for how long to wait for it, pages taken from a file

	ok($calls{cache}{pthread_mutex_consistent}, 'what the cache calls is seen');
	is_deeply([ grep { !/^(?:pthread_mutex(?:attr)?_\w+|clock_gettime
		|fallocate(?:64)?|sysconf|mem(?:cpy|move|set|cmp)
		|__mem(?:cpy|move|set)_chk|__errno_location|__stack_chk_fail)$/x }
		sort keys %{$calls{cache}} ], [], 'and is a short list');
}


# tests that use nginx end with what it left

for my $file (grep { /\.t$/ } @scripts) {
	my $text = slurp($file);

	next unless $text =~ /^use News::Test;/m;

	like($text, qr/->done\(\)/, "$file is done");
}

done_testing();


sub files {
	my ($pattern, @dirs) = @_;
	my @found;

	find({ no_chdir => 1, wanted => sub {
		$File::Find::prune = 1, return if m{/t/build(?:-\w+)?$};
		push @found, substr($_, 1 + length $root) if -f && /$pattern/;
	} }, map { "$root/$_" } @dirs);

	return sort @found;
}


sub slurp {
	my ($file) = @_;

	open my $fh, '<:raw', "$root/$file" or die "$file: $!\n";
	local $/;

	return scalar <$fh>;
}


# characters of a line are counted, not bytes

sub form {
	my ($text) = @_;
	my $n = 0;
	my @bad;

	my $code = blank($text);
	my @code = split /\n/, $code;

	for my $line (split /\n/, $text) {
		my $shown = $line;

		utf8::decode($shown);

		my $at = $n + 1;

		push @bad, "$at: long" if length $shown > 80;
		push @bad, "$at: tab" if $line =~ /\t/;
		push @bad, "$at: blank at the end" if $line =~ /[ \r]$/;
		push @bad, "$at: note" if $line =~ /\b(?:TODO|FIXME)\b/;
		push @bad, "$at: dead code" if $line =~ /^\s*#\s*if\s+0\b/;

		my $bare = defined $code[$n] ? $code[$n] : '';

		push @bad, "$at: C++ comment" if $bare =~ m{//};
		push @bad, "$at: while (1)" if $bare =~ /\bwhile \(1\)/;
		push @bad, "$at: no braces"
			if $bare =~ /^\s*(?:if|else if|while|for) \(.*\)$/
				&& balanced($bare) && defined $code[$n + 1]
				&& $code[$n + 1] !~ /^\s*(?:\{|$)/;

		push @bad, "$at: brace of a function"
			if $bare =~ /^[a-z][\w *]*\([^()]*\) \{$/;

	} continue {
		$n++;
	}

	push @bad, 'three empty lines' if $text =~ /\n\n\n\n/;
	push @bad, 'no line end' if $text ne '' && $text !~ /\n$/;
	push @bad, 'not two lines after a function'
		if $code =~ /\n\}\n(?!\n\n|\z|#|\n*\z)/;

	return @bad;
}


# strings and comments without what is in them, line for line

sub blank {
	my ($text) = @_;

	$text =~ s{(/\*.*?\*/)|("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')}{
		defined $1 ? $1 =~ s/[^\n]//gr : substr($2, 0, 1) x 2
	}gsex;

	return $text;
}


sub balanced {
	my ($line) = @_;

	return ($line =~ tr/(//) == ($line =~ tr/)//);
}


sub allocations {
	my ($text) = @_;
	my @bad;

	$text = blank($text);

	while ($text =~ /^\ +([\w.>\[\]*-]+)\ =\ ((?:ngx_(?:p[nc]?alloc
		|pmemalign|list_push|array_push(?:_n)?|array_create|calloc_buf
		|create_temp_buf|alloc_chain_link|pool_cleanup_add|slab_c?alloc
		|calloc|alloc|shared_memory_add)|news_arena_(?:create|[cr]?e?alloc)
		|news_buf_reserve|malloc|calloc|realloc)\([^;]*;)/mgx)
	{
		my ($name, $call) = ($1, $2);
		my @next = grep { /\S/ } split /\n/, substr $text, pos $text, 600;
		my $next = join "\n", @next[0 .. ($#next < 5 ? $#next : 5)];

		push @bad, "$name = $call"
			unless $next =~ /\Q$name\E\ [!=]=\ NULL
				|return\ \Q$name\E;|!\Q$name\E\b/x;
	}

	return @bad;
}


sub lengths {
	my ($text) = @_;
	my @bad;

	while ($text =~ /\b((?:ngx_)?(?:strncmp|strncasecmp|memcmp|memcpy|copy))
		\([^;"]*"((?:[^"\\]|\\.)*)",\s*(\d+)\)/gx)
	{
		my ($function, $literal, $n) = ($1, $2, $3);
		my $length = length $literal
			=~ s/\\(?:x[0-9a-fA-F]{2}|[0-7]{1,3}|.)/x/gr;

		push @bad, "$function \"$literal\" $n" if $length != $n;
	}

	return @bad;
}


sub formats {
	my ($text) = @_;
	my @bad;

	my %before = (ngx_log_error => 3, ngx_conf_log_error => 3,
		ngx_sprintf => 1, ngx_snprintf => 2, ngx_slprintf => 2);

	while ($text =~ /\b(ngx_(?:log_error|conf_log_error|log_debug\d
		|s[nl]?printf))(\((?:[^()"]|"(?:[^"\\]|\\.)*"|(?2))*\))\s*;/gx)
	{
		my ($function, $arguments) = ($1, substr $2, 1, -1);
		my @list = arguments($arguments);
		my $skip = exists $before{$function} ? $before{$function} : 3;
		my $format = join '', $list[$skip] =~ /"((?:[^"\\]|\\.)*)"/g;

		@list = @list[$skip + 1 .. $#list];

		my @wanted = wanted($format);
		my ($number) = $function =~ /^ngx_log_debug(\d)/;

		push @bad, "$function: $arguments"
			if @wanted != @list || (defined $number && $number != @list);

		for my $i (0 .. $#wanted) {
			next unless defined $list[$i];

			push @bad, "$function: %V of $list[$i]"
				if $wanted[$i] eq 'V'
					&& $list[$i] !~ /^&|^\w+$|^\w+\s*\+|^\w+\(/;
			push @bad, "$function: %s of $list[$i]"
				if $wanted[$i] eq 's' && $list[$i] =~ /^&\w+$/;
		}
	}

	return @bad;
}


# what a format of nginx takes: a letter for each argument

sub wanted {
	my ($format) = @_;
	my @wanted;

	while ($format =~ /%(%|[NZ]|0?\d*(?:\.\d+)?(?:(\*)s|u?[xX]?[uxXm]*
		([VvsOPTMzidlLAfrpDCc])))/gx)
	{
		next if $1 eq '%' || $1 eq 'N' || $1 eq 'Z';

		push @wanted, 'n' if defined $2;
		push @wanted, defined $2 ? 's' : $3;
	}

	return @wanted;
}


sub arguments {
	my ($text) = @_;
	my @list = ('');

	while ($text =~ /\G("(?:[^"\\]|\\.)*"|(\((?:[^()"]|"(?:[^"\\]|\\.)*"
		|(?2))*\))|,|[^,"(]+)/gx)
	{
		if ($1 eq ',') {
			push @list, '';

		} else {
			$list[-1] .= $1;
		}
	}

	return map { s/^\s+|\s+$//gr } @list;
}
