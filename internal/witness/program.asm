# The witness: it prints /proc/sys/crypto/fips_enabled and says what it read by
# its exit code.
#
#    0  "1"   the kernel runs in FIPS mode
#   10  "0"   it does not
#   12  there is no such file: the kernel has no FIPS mode
#   11  anything else
#
# program.elf is this file, assembled; a test assembles it again and compares:
#
#   as -mx86-used-note=no program.asm -o program.o
#   ld --oformat binary -Ttext=0x400000 program.o -o program.elf
#
# It asks Linux for four things (open, read, write, exit) and uses no library.

	.intel_syntax noprefix
	.text
	.globl	_start

file:					# ELF header
	.byte	0x7f, 'E', 'L', 'F', 2, 1, 1, 0	# 64 bits, little endian, System V
	.quad	0
	.short	2, 62			# an executable for x86-64
	.long	1
	.quad	_start			# where it begins
	.quad	segments - file
	.quad	0			# no sections
	.long	0
	.short	64, 56, 2, 0, 0, 0	# sizes of this header and of a segment's; two segments

segments:
	.long	1, 5			# loaded: readable and executable, not writable
	.quad	0, file, file
	.quad	end - file, end - file
	.quad	0x1000
	.long	0x6474e551, 6		# the stack: readable and writable, not executable
	.quad	0, 0, 0, 0, 0, 16

_start:
	mov	eax, 2			# open(path, O_RDONLY)
	lea	rdi, [rip + path]
	xor	esi, esi
	xor	edx, edx
	syscall
	cmp	eax, -2			# ENOENT
	je	absent
	test	eax, eax
	js	other

	mov	edi, eax		# read(file, buffer, 64)
	sub	rsp, 64
	mov	rsi, rsp
	mov	edx, 64
	xor	eax, eax
	syscall
	test	rax, rax
	jle	other
	mov	r12, rax

	mov	eax, 1			# write(stdout, buffer, as much as was read)
	mov	edi, 1
	mov	rsi, rsp
	mov	rdx, r12
	syscall

	cmp	r12, 2			# a digit and a line feed, no more
	jne	other
	cmp	word ptr [rsp], 0x0a31	# "1\n"
	je	on
	cmp	word ptr [rsp], 0x0a30	# "0\n"
	je	off

other:	mov	edi, 11
	jmp	exit
absent:	mov	edi, 12
	jmp	exit
off:	mov	edi, 10
	jmp	exit
on:	xor	edi, edi
exit:	mov	eax, 60			# exit(edi)
	syscall

path:	.asciz	"/proc/sys/crypto/fips_enabled"
end:
