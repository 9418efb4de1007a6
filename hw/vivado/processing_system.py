"""The processing systems of Zynq-7000 and Zynq UltraScale+ as block designs see them.

Names of ports, pins and properties are those of the IPs processing_system7 (PG082) and
zynq_ultra_ps_e (PG201).
"""

from dataclasses import dataclass

from hw.errors import HardwareError


@dataclass(frozen=True)
class ProcessingSystem:
    """One processing system.

    family: of the parts that have it. cell: its name in the block design. vlnv: pattern of the IP.
    rule, automation: what ``apply_bd_automation`` takes. properties: set after it; ``{mhz}`` is the
    clock's frequency.
    control, memory: AXI ports of the registers and of the frames, each with its clock pin.
    space: address space that sees control.
    clock, reset: pins that give the accelerator's clock and its reset, active low.
    more: names of the HP ports behind the first, which is memory.
    """

    family: str
    cell: str
    vlnv: str
    rule: str
    automation: str
    properties: tuple[tuple[str, str], ...]
    control: tuple[str, str]
    memory: tuple[str, str]
    space: str
    clock: str
    reset: str
    more: "MorePorts"

    def port(self, number: int) -> tuple[str, str]:
        """AXI port to the memory and its clock pin, by the number of the HP port."""
        return self.more.port.format(number), self.more.clock.format(number)

    def port_properties(self, number: int) -> tuple[tuple[str, str], ...]:
        """Properties to be set for an HP port behind the first, number 0."""
        names = (name.format(self.more.first + number) for name in self.more.properties)
        return tuple(zip(names, ("1", "64"), strict=True))


@dataclass(frozen=True)
class MorePorts:
    """Names of HP ports: port and clock pin by the number, the properties that say that it is there
    and its data bits by the number plus ``first``.
    """

    port: str
    clock: str
    properties: tuple[str, str]
    first: int


_ZYNQ7000 = ProcessingSystem(
    family="zynq7000",
    cell="ps7",
    vlnv="xilinx.com:ip:processing_system7:*",
    rule="xilinx.com:bd_rule:processing_system7",
    automation='make_external "FIXED_IO, DDR" apply_board_preset "1" Master "Disable" '
    'Slave "Disable"',
    properties=(
        ("CONFIG.PCW_USE_M_AXI_GP0", "1"),
        ("CONFIG.PCW_USE_S_AXI_HP0", "1"),
        ("CONFIG.PCW_S_AXI_HP0_DATA_WIDTH", "64"),
        ("CONFIG.PCW_EN_CLK0_PORT", "1"),
        ("CONFIG.PCW_EN_RST0_PORT", "1"),
        ("CONFIG.PCW_FPGA0_PERIPHERAL_FREQMHZ", "{mhz}"),
    ),
    control=("M_AXI_GP0", "M_AXI_GP0_ACLK"),
    memory=("S_AXI_HP0", "S_AXI_HP0_ACLK"),
    space="Data",
    clock="FCLK_CLK0",
    reset="FCLK_RESET0_N",
    more=MorePorts(
        "S_AXI_HP{}",
        "S_AXI_HP{}_ACLK",
        ("CONFIG.PCW_USE_S_AXI_HP{}", "CONFIG.PCW_S_AXI_HP{}_DATA_WIDTH"),
        0,
    ),
)

_ZYNQMP = ProcessingSystem(
    family="zynqultrascaleplus",
    cell="ps8",
    vlnv="xilinx.com:ip:zynq_ultra_ps_e:*",
    rule="xilinx.com:bd_rule:zynq_ultra_ps_e",
    automation='apply_board_preset "1"',
    properties=(
        ("CONFIG.PSU__USE__M_AXI_GP0", "1"),
        ("CONFIG.PSU__USE__M_AXI_GP1", "0"),
        ("CONFIG.PSU__USE__M_AXI_GP2", "0"),
        ("CONFIG.PSU__USE__S_AXI_GP2", "1"),
        ("CONFIG.PSU__SAXIGP2__DATA_WIDTH", "64"),
        ("CONFIG.PSU__OVERRIDE__BASIC_CLOCK", "0"),
        ("CONFIG.PSU__CRL_APB__PL0_REF_CTRL__FREQMHZ", "{mhz}"),
    ),
    control=("M_AXI_HPM0_FPD", "maxihpm0_fpd_aclk"),
    memory=("S_AXI_HP0_FPD", "saxihp0_fpd_aclk"),
    space="Data",
    clock="pl_clk0",
    reset="pl_resetn0",
    more=MorePorts(
        "S_AXI_HP{}_FPD",
        "saxihp{}_fpd_aclk",
        ("CONFIG.PSU__USE__S_AXI_GP{}", "CONFIG.PSU__SAXIGP{}__DATA_WIDTH"),
        2,
    ),
)

_BY_FAMILY = {system.family: system for system in (_ZYNQ7000, _ZYNQMP)}


def processing_system(family: str) -> ProcessingSystem:
    """The processing system of a board's family; HardwareError where it has none."""
    if family not in _BY_FAMILY:
        raise HardwareError(f"family {family} has no processing system; {', '.join(_BY_FAMILY)} do")
    return _BY_FAMILY[family]
