#!/usr/bin/perl
# make-data.pl DIR [name=value...]: fills DIR with what a file system in use holds, the same bytes for the same seed.
# make-data.pl --change ROUND DIR [seed=N]: alters about 1 % of it, the same way for the same round.
#
#   files=18000     small files of 0 to 64 KiB, mostly text, some random
#   random-mb=128   of incompressible data in big files
#   table-mb=256    of tabular text in big files
#   seed=1
#
# Also hard links, symlinks, sparse files, empty folders, a fifo, names that are no UTF-8, other owners and modes, times, ACLs and xattrs (where the
# programs and the file system have them).
use strict;
use warnings;

my $change = @ARGV && $ARGV[0] eq '--change' ? do { shift; shift } : 0;
my $dir = shift // die "usage: make-data.pl [--change ROUND] DIR [name=value...]\n";
my %option = ('files' => 18000, 'random-mb' => 128, 'table-mb' => 256, 'seed' => 1);
for (@ARGV) {
    my ($name, $value) = /^([a-z-]+)=(\d+)$/ or die "$_: not name=number\n";
    exists $option{$name} or die "$name: no such option\n";
    $option{$name} = $value;
}
mkdir $dir;
chdir $dir or die "$dir: $!\n";
srand($option{seed} * 1000 + $change);

my @words = map { my $n = $_; join '', map { chr(97 + int rand 26) } 1 .. 2 + $n % 9 } 1 .. 2000;

# Text as people and programs write it: compresses about three times.
sub text {
    my ($bytes) = @_;
    my $text = '';
    while (length $text < $bytes) {
        $text .= join(' ', map { $words[ rand rand @words ] } 1 .. 3 + rand 12) . "\n";
    }
    return substr $text, 0, $bytes;
}

sub random_bytes {
    my ($bytes) = @_;
    return substr pack('V*', map { rand 4294967296 } 0 .. $bytes / 4), 0, $bytes;
}

sub row {
    my ($number) = @_;
    return sprintf "%09d,2026-%02d-%02dT%02d:%02d:%02dZ,%s,%s,%.3f,%d\n", $number, 1 + rand 12, 1 + rand 28, rand 24, rand 60, rand 60,
        $words[ rand 50 ], $words[ rand @words ], rand 1000, rand 100;
}

sub put {
    my ($name, @parts) = @_;
    open my $file, '>:raw', $name or die "$name: $!\n";
    print $file $_ for @parts;
    close $file or die "$name: $!\n";
}

# As a person's home or a service's folder: few big ones, many small ones.
sub small { my $bytes = int(2**(rand 16)) - 1; return rand() < 0.15 ? random_bytes($bytes) : text($bytes) }

sub fill {
    my $folders = int(sqrt $option{files}) || 1;
    for my $number (0 .. $option{files} - 1) {
        my $folder = sprintf 'home/user%03d', $number % $folders;
        if ($number < $folders) { mkdir 'home'; mkdir $folder; mkdir "$folder/.cache" }
        my $name = sprintf '%s/%s-%05d.%s', $folder, $words[ $number % @words ], $number, qw(txt log json c)[ $number % 4 ];
        put($name, small());
        utime 1.7e9 + $number, 1.6e9 + $number * 977, $name if $number % 3 == 0;
        chmod((0600, 0640, 0755, 0444)[ $number / 7 % 4 ], $name) if $number % 7 == 0;
        chown 1000 + $number % 5, 100, $name if $number % 5 == 0;
    }
    mkdir 'big';
    my $size = 32;
    for (my $left = $option{'random-mb'}, my $number = 0; $left > 0; $left -= $size, $number++) {
        open my $file, '>:raw', "big/random-$number.bin" or die "big: $!\n";
        print $file random_bytes(1 << 20) for 1 .. ($left < $size ? $left : $size);
        close $file or die "big: $!\n";
    }
    for (my $left = $option{'table-mb'}, my $table = 0, my $number = 0; $left > 0; $left -= 64, $table++) {
        open my $file, '>:raw', "big/table-$table.csv" or die "big: $!\n";
        my $bytes = ($left < 64 ? $left : 64) << 20;
        while ($bytes > 0) { my $row = row($number++); print $file $row; $bytes -= length $row }
        close $file or die "big: $!\n";
    }
    odd();
}

sub odd {
    mkdir 'odd';
    mkdir 'odd/empty-folder';
    put('odd/linked-1', text(5000));
    link 'odd/linked-1', 'odd/linked-2';
    link 'odd/linked-1', 'odd/empty-folder/../linked-3';
    symlink 'linked-1', 'odd/symlink';
    symlink '/nowhere/at/all', 'odd/dangling';
    system 'mkfifo', 'odd/fifo' unless -e 'odd/fifo';
    put("odd/latin-\xe9\xff.txt", "a name that is no UTF-8\n");
    put("odd/new\nline and  blanks ", "a name with a line end\n");
    put('odd/-dash', "a name that looks like an option\n");
    put('odd/' . 'n' x 255, "a long name\n");
    put('odd/empty');
    open my $sparse, '>:raw', 'odd/sparse' or die "sparse: $!\n";
    for (0, 20, 40) { seek $sparse, $_ << 20, 0; print $sparse random_bytes(4096) }
    truncate $sparse, 64 << 20;
    close $sparse;
    put('odd/with-acl', "access by a list\n");
    put('odd/with-xattr', "an attribute\n");
    put('odd/setuid', "#!/bin/true\n");
    chown 1234, 1234, 'odd/setuid';
    chmod 04755, 'odd/setuid';
    run('setfacl', '-m', 'u:1001:rw-,g:1002:r--', 'odd/with-acl');
    run('setfacl', '-d', '-m', 'u:1001:rwx', 'odd/empty-folder');
    run('setfattr', '-n', 'user.note', '-v', 'kept as it is', 'odd/with-xattr');
}

sub run { open my $err, '>&', \*STDERR; open STDERR, '>', '/dev/null'; system @_; open STDERR, '>&', $err }

sub change {
    my @small = glob 'home/*/*.*';
    my $touched = int(@small / 200) || 1;
    # Some are rewritten, some grow, some go, some move, some are new.
    for my $number (1 .. $touched) {
        my $name = $small[ rand @small ];
        next unless -f $name;
        my $kind = $number % 5;
        if    ($kind == 0) { put($name, small()) }
        elsif ($kind == 1) { open my $file, '>>:raw', $name or next; print $file text(300); close $file }
        elsif ($kind == 2) { unlink $name }
        elsif ($kind == 3) { rename $name, "$name.moved-$change" }
        else               { put("$name.new-$change", small()) }
    }
    # A range within each fourth big file, rows in the middle of a table.
    my $number = 0;
    for my $name (sort glob 'big/*') {
        next unless $number++ % 4 == $change % 4;
        my $size = -s $name;
        my $bytes = int($size / 50) || 1;
        open my $file, '+<:raw', $name or die "$name: $!\n";
        seek $file, int(rand($size - $bytes)), 0;
        print $file $name =~ /random/ ? random_bytes($bytes) : text($bytes);
        close $file or die "$name: $!\n";
    }
    put("odd/round-$change", "round $change\n");
}

$change ? change() : fill();
