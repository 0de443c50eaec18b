# SPDX-License-Identifier: MIT
"""Pystone for any interpreter: the operations of Dhrystone, loop by loop in the order of pystone 1.2, for small heaps.

It is a yardstick of an interpreter's speed: an ESP32 with MicroPython is published at 1,661 of these loops a second.
"""

IDENT1, IDENT2, IDENT3, IDENT4, IDENT5 = range(1, 6)
ESP32_PER_S = 1661


class Record:
    def __init__(self, ptr_comp=None, discr=0, enum_comp=0, int_comp=0, string_comp=""):
        self.ptr_comp = ptr_comp
        self.discr = discr
        self.enum_comp = enum_comp
        self.int_comp = int_comp
        self.string_comp = string_comp

    def copy(self):
        return Record(self.ptr_comp, self.discr, self.enum_comp, self.int_comp, self.string_comp)


int_glob = 0
bool_glob = False
char1_glob = "\0"
char2_glob = "\0"
array1_glob = [0] * 51
array2_glob = [[0] * 51 for _ in range(51)]
ptr_glob = ptr_glob_next = Record()


def run(loops):
    """Do so many loops."""
    global bool_glob, ptr_glob, ptr_glob_next
    ptr_glob_next = Record()
    ptr_glob = Record(ptr_glob_next, IDENT1, IDENT3, 40, "DHRYSTONE PROGRAM, SOME STRING")
    string1 = "DHRYSTONE PROGRAM, 1'ST STRING"
    array2_glob[8][7] = 10
    for _ in range(loops):
        proc5()
        proc4()
        int1 = 2
        int2 = 3
        string2 = "DHRYSTONE PROGRAM, 2'ND STRING"
        enum = IDENT2
        bool_glob = not func2(string1, string2)
        while int1 < int2:
            int3 = 5 * int1 - int2
            int3 = proc7(int1, int2)
            int1 = int1 + 1
        proc8(array1_glob, array2_glob, int1, int3)
        ptr_glob = proc1(ptr_glob)
        index = "A"
        while index <= char2_glob:
            if enum == func1(index, "C"):
                enum = proc6(IDENT1)
            index = chr(ord(index) + 1)
        int3 = int2 * int1
        int2 = int3 // int1
        int2 = 7 * (int3 - int2) - int1
        int1 = proc2(int1)


def proc1(ptr_in):
    ptr_in.ptr_comp = following = ptr_glob.copy()
    ptr_in.int_comp = 5
    following.int_comp = ptr_in.int_comp
    following.ptr_comp = ptr_in.ptr_comp
    following.ptr_comp = proc3(following.ptr_comp)
    if following.discr == IDENT1:
        following.int_comp = 6
        following.enum_comp = proc6(ptr_in.enum_comp)
        following.ptr_comp = ptr_glob.ptr_comp
        following.int_comp = proc7(following.int_comp, 10)
    else:
        ptr_in = following.copy()
    following.ptr_comp = None
    return ptr_in


def proc2(int_io):
    int_loc = int_io + 10
    while True:
        if char1_glob == "A":
            int_loc = int_loc - 1
            int_io = int_loc - int_glob
            enum = IDENT1
        if enum == IDENT1:
            break
    return int_io


def proc3(ptr_out):
    global int_glob
    if ptr_glob is not None:
        ptr_out = ptr_glob.ptr_comp
    else:
        int_glob = 100
    ptr_glob.int_comp = proc7(10, int_glob)
    return ptr_out


def proc4():
    global char2_glob
    bool_loc = char1_glob == "A"
    bool_loc = bool_loc or bool_glob
    char2_glob = "B"


def proc5():
    global char1_glob, bool_glob
    char1_glob = "A"
    bool_glob = False


def proc6(enum_in):
    enum_out = enum_in
    if not func3(enum_in):
        enum_out = IDENT4
    if enum_in == IDENT1:
        enum_out = IDENT1
    elif enum_in == IDENT2:
        enum_out = IDENT1 if int_glob > 100 else IDENT4
    elif enum_in == IDENT3:
        enum_out = IDENT2
    elif enum_in == IDENT4:
        pass
    elif enum_in == IDENT5:
        enum_out = IDENT3
    return enum_out


def proc7(int1, int2):
    int_loc = int1 + 2
    return int2 + int_loc


def proc8(array1, array2, int1, int2):
    global int_glob
    int_loc = int1 + 5
    array1[int_loc] = int2
    array1[int_loc + 1] = array1[int_loc]
    array1[int_loc + 30] = int_loc
    for index in range(int_loc, int_loc + 2):
        array2[int_loc][index] = int_loc
    array2[int_loc][int_loc - 1] = array2[int_loc][int_loc - 1] + 1
    array2[int_loc + 20][int_loc] = array1[int_loc]
    int_glob = 5


def func1(char1, char2):
    char_loc1 = char1
    char_loc2 = char_loc1
    if char_loc2 != char2:
        return IDENT1
    else:
        return IDENT2


def func2(string1, string2):
    int_loc = 1
    while int_loc <= 1:
        if func1(string1[int_loc], string2[int_loc + 1]) == IDENT1:
            char_loc = "A"
            int_loc = int_loc + 1
    if char_loc >= "W" and char_loc <= "Z":  # noqa: SIM300
        int_loc = 7
    if char_loc == "X":
        return True
    elif string1 > string2:
        int_loc = int_loc + 7
        return True
    else:
        return False


def func3(enum_in):
    enum_loc = enum_in
    return enum_loc == IDENT3
