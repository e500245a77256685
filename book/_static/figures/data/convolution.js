// Made by tests/figure_data.py; what it is says tests/figure_rows/convolution.py.

export const LABELS = [5, 0, 4, 1];

export const DIGITS = `
Dw8PDw8PDw8PCBEXiir/cLImmv///a/rQKPv/////1VTILHf///L/g8BWW/8EAOQ8CEAn1DwiPsPCBv0Dwgu2WDwde/3EPBjv/kg8GFf+w8I//QPBDi/
/A8DKd//+w8BF9///FDwAU3//8UPABrf//tRDzrf//6BDwGP/8iBDw8PDw8PDw8PDw8PDw8COfkw8FPv/+DwQ9/+7zDwEU3//F/3DwCv///2v6Dz7/t/
01+g4+/7FHEB/jDCr+xQX/oMr+QSBf+ws/9Aj/sLz7Cf/ApO9wn/kKX+EIj7EKX9CI/UC1+QY6+g1f0FfvoOX/kyWt/aMOX//d//yA8ALP///pDwMY//
gg8PDw8PDw8PDw8PDw8PDw8PDU4ghFDXsgh6DZwgjaDC+gnaDL9wg+oMzzCH+gse8gifcLr9EIn0CBWv9QmfUCM3ie7r7yCZ/szP/+yFIA7wt6qqpjBG
/Q8Ir4DwivMPCK8w8Ir2DwivYPCK+Q8Ir5DwhvkPDw8PDw8PDw8PDw8PDw8Jf/QPBm7/QPBn//QPBU78IPBU3/YPBp/7DwYf/kDwUs/3DwZv+xDwVe+x
DwUv/5Dwaf/yDwU9/6Dwbv/BDwb/9Q8Gn/8g8FPf+A8GT/0PB0/9Dwcb/Q8PDw8PDwM=`;
