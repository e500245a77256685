// Moving templates (chapter 02): a score is evidence for a class, less evidence against it, plus a bias.

import { Figure, axis, bar, clamp, factor, fixed, line, path, puor, role, scale, shown, sub, svg, text, words }
  from "./base.js";

const initial = { dx: 0, dy: 0, k: 0, pixel: 407 };  // where the digit lies, the class looked at, and a pixel

// Training picture 0, a 5, in bytes; the linear layer that chapter 02 trains: ten templates, one after the other, whose
// weights are whole numbers of steps from −127 to 127, and ten biases. tests/figure_data.py makes them:
// python tests/figure_data.py linear
const X = atob(`
AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAADEhISfoivGqb/938AAAAAAAAAAAAA
AAAeJF6aqv39/f394az98sNAAAAAAAAAAAAAAAAx7v39/f39/f39+11SUjgnAAAAAAAAAAAAAAAAEtv9/f39/ca29/EAAAAAAAAAAAAAAAAAAAAAAABQ
nGv9/c0LACuaAAAAAAAAAAAAAAAAAAAAAAAAAA4Bmv1aAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAIv9vgIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAL
vv1GAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAACPx4aBsAQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAUfD9/XcZAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAt
uv39lhsAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABBd/P27AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAPn9+UAAAAAAAAAAAAAAAAAAAAAAAAAAAAAugrf9
/c8CAAAAAAAAAAAAAAAAAAAAAAAAACeU5f39/fq2AAAAAAAAAAAAAAAAAAAAAAAAGHLd/f39/clOAAAAAAAAAAAAAAAAAAAAAAAXQtX9/f39xlECAAAA
AAAAAAAAAAAAAAAAABKr2/39/f3DUAkAAAAAAAAAAAAAAAAAAAAAN6zi/f39/fSFCwAAAAAAAAAAAAAAAAAAAAAAAIj9/f3Uh4QQAAAAAAAAAAAAAAAA
AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
AA==`);
const W = atob(`
AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAEAAAABAAAAAAAAAAAAAAAAAAAAAAAAAP/////+/fz7+/z9/f7//wAAAAAAAAAA
AAD//v7+/Pz7+vv5+Pf28fL19/r9/wAAAAAAAAAA/v39/Pz6/Pr+/gP8/Pf19vb4+vv+AAAAAAAA//z7+fj4/gADExcYFhkTB/8B/fb2+/8AAAAAAP78
+vj19P0BBxISExshHhMMEg778Pb8/wAAAP/8+/n28fwCBwgLDRIbJSEVCw4TCPPz/AAAAAD/+vj39PYABAMIBxEZKCkjEwwLGBf78/wAAAAA/vr39vb5
AQX+BREOCBQhJBwOChkgBvP8AAAAAP76+Pj6/AH6AgcJ/e7zDhwXFBIjKxH2/AAAAAD+9vb/AwH6+wP/+NjCxukBERQbKjAZ+/4AAAAA/vb9CwsC/wcI
Bui9q7DW9QMHFzE1IAH/AAAAAP75BBUXDAwUD/7QsKSt0vD19xItNB8DAAAAAAD9+xAcIRcZHRLzxqikrtrw9P0UJC4dAgAAAAAA/P8YHCQeIiQG37Kf
przg9/sGER8mFQAAAAAAAPwAHSMhIiUiAM+qpbbR8gADDBEaGQr9/wAAAP/7ABsjHhsmKADVsrHJ6QECAwgMFw0D/v8AAAD/+f0UHB0dJikG3cTJ4vb/
/wACCg8E/v4AAAAA//n8DhkbGyItHgTs6/T7AP36AQcH/v3+AAAAAAD6/Q0UFBYfMS4eC/8A/Prz9PsB/vr8/wAAAAAA/PsHDhIPFiUsHAsFA/7z8vH4
+vn6/f8AAAAAAP33/woPFBgcJSMlGQ8E/PTz8vT6/f4AAAAAAAD/+vv/BgwXIiosKB4QAPjt6+71+/7/AAAAAAAAAP/9+/f3+Pv+BwYA+PDv7vH0+Pz/
AAAAAAAAAAAA//369vHt7Ors6+3w8fX5+vz+/wAAAAAAAAAAAP///v37+/v8+vn6+/z9//7+/wAAAAAAAAAAAAAAAAAAAAAAAP//////AAAAAP8AAAAA
AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAEBAAAAAAAAAAAAAAAAAAAAAAAAAAD////+AAIDBgMA/////wAAAAAAAAAA
AAAAAAD//fv49vr9/gMB+vj5+vz9/v8AAAAAAAAAAAH//fr3+PkFEhMSCQIDDA8QCQP9/gAAAAAAAAAB/vjw7fD2Ag8PD//2AAwYHhcLAfz/AAAAAAAA
/fnx5+Hl7fL38uri4/UCDxALA/z7/wAAAAAA//ry7N/a2t7p7erh3+TvAAQA/PTx+P8AAAAA//758erf1tbe6/j9AfP7+Pfx6+fk6vb/AAAAAP/99/Lt
5d7f6fMIICwRAPTn39zc4ez4/wAAAAD//fjy7+vk5+z4F0RNIP/q4trd4+nx+/8AAAAA///79fHt5eLf7x1dWx347+Tl6/D1+f3/AAAAAAAA/Pn38OfW
zOclclQS+u3l7PP3+/z+/wAAAAAAAP369vLixrzgMmpHDPPe4+3z9/n7/v8AAAAAAAD9+fTv3cG97jxfPP/Z0t7q8fb5/P4AAAAAAAD/+vTx69rL2QJB
XiPuyc/b5+/0+Pv+/wAAAAAA//jt6OPg5e4DQFMI28HO3efv8/f6/f8AAAAAAP3x49/i6vr4Ez06/NXJ1ePr8fX3+vz/AAAAAP/77Nra6fj5/xUpH/Td
3+bt9PT09/v/AAAAAAD/+unh5vH//gIGFwn8+/b6/Pr49/r+AAAAAAAA/vvy9voDBwoIAgEB/gkMCwL9+vn7/v8AAAAA/wACCg8REQsK9uvr+gUMEQ0C
//z3+v8AAAAAAP8ABRkdGREJ+eHU2vQGERoRBP759/z/AAAAAAAA/wISGhQH/vHk5ubxBxEWBwD8+vv8/wAAAAAAAP//AwX88evi3Nza4eru+////v/+
/wAAAAAAAAAA//78+Pby6unr6ers8vn9/v8AAAAAAAAAAAAAAAAA/////v38/Pr7/P7//wAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA/wAAAQMA/wAAAAAAAAAAAAAAAAAAAAAAAAEBAgMCAwQEAf37/f3+/wAAAAAA
AAAAAAAAAwYQFRobHBUPDgb69fX3+Pv+AAAAAAAAAP8BBQoSICUqLCMgFxYPA/fy7e3z+v8AAAAAAAABBAsWIScqKygnJCUoIxUC+fTv7vb9AAAAAAAB
AwkSHR0dFw0LDhAQDwoG/fb07+jz/P8AAAABAQgOGRYUCwcMBg0KAfvv9/r4/Pnm7/v/AAAAAQEKEBMQDA0aFw4OFA8EAPoEAP/47ez4/wAAAAACCBEI
APsHEg0GCBEUEAoKA//6+e7t+f8AAAAAAgEE/urp6Onn3dbs9QAGBwD/+/fx8/wAAAAAAP/679zLxsK5tayov9fr6/YH/vvy8fkBAAAAAAD89Nq7rbe5
tbWyt8TP2uDyB/757en9BwQAAAAA/e3OtrbG0tzn6fDs3d/r9Pr49e3vAw0IAgAAAP3y19Tj7/f+BgoXCPLy7vXz9u/u9wgRCgAA/wACAfwBBQoIBggR
Hw0DAffy9+/y8PwWHA0BAAD/CBEVGxAHDxAZKygSCBAMAQD9DAwTJCoRAgAAAAseJiMVEBUcKDAmDg8MBwcECxUbITItCwEAAP8JIzAoJxkYJSYyKRUI
EBMNCgsYIzQ5IQUBAAD/BR0kJislJSgrKCISCw0PDAgPHCowKRkGAQAAAAYZHyMrJCIdIRMJBQQHBxMaGyQqLCENAwAAAAEGDhUYGRUeFxEIBPz5BhId
JBkgJyYWCAEAAAAAAwoKDxMYGRIOBPfx8PwHGRsdHx4UCwMAAAAAAP///Pr6/Pz4/Pft7e70/AsSEBIPCQUCAAAAAAD++/Xu6ejn5Ory9Pr29/z/+/wB
AAEEAgAAAAAA//78+fTu7e7v8vT2+Pj5+Pf6+/3+AAAAAAAAAAAAAP/////+/v79/v79/v7///8AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAD//wAAAAD///////8AAAAAAAAA
AAAAAAACAQIDAgUNExQaGRYTDggE/fz+/wAAAAAAAAACCAsRGBsiKCoqIx4ZDw0C9vHz9f0AAAAAAAACCBIaHx8fHxkRDQgOEQD/+/Do5uv5/gAAAAAA
Bg8ZIRwbHhwTERkVFBYND///9+no9PwAAAAAAAcZIR4TDg8MDBUVHhsNDwsODgDy5+77AAAAAAAIHB8YDAQDBv4FCxseFBEWFhsRAeTr+v8AAAAACBcT
DQL27eHO2PUaLSQYFBklGAXt7/z/AAAAAAgKAfbl1Mi8t8j7HygjHBwfIA798/X+AAAAAAAFAe/fy8HHzdvvDSIeEhsbGhH28vL4/wAAAAD///rq18zP
4/P3ChkpGBAREf/v4ejx+gAAAAAA///46tvU3uzr8w4jHQUNEAvw4eHk8Pr/AAAAAAAA/O7e2eHr5/APFQ8GAwgH+fT47/T6/wAAAAEBAgL36d3Z3uX4
DBUQBPn/BA8UDwkA/v4AAAAAAwgMAfDl19bX6foF9evwAxUcGBwXDAL9/wAAAAQQFgn27dzFvMTS2dTnAxYUIRMhIA/6+/8AAAAFGyAYBvLmzsLEwsnV
/R0hIB8XKSMH9vz/AAAABB8nKBUH/e/h19bf7wYaJSMeGyYU//f9/wAAAAMdKSgiFxQO9unh7wEIEhoeGiIXA/n4/gAAAAAEEyAeHRMQBPvw8Pb8BA0P
Gh0RAfj1+f4AAAAAAwwXGhgOAwYEAvb5+gEFDhESBPf5+fz/AAAAAAIJFR0hHAoLCwr+Bf39/AgNAfj3+Pz//wAAAAABBQ0UISglIigmHyEZDQwE+Pb4
/P3//wAAAAAAAAACBQoQGSAnKSsjFQkE/v4A/v3/AAAAAAAAAAAAAAAAAQAAAP///v39/v//AP//AAAAAAAAAAAAAAAAAAAAAAAAAAD///8AAAAAAAAA
AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAD//v///v38/f/9/f///////wAAAAAAAAAAAAAA//38+/f18fP19PX5+/3/////AAAA
AAAAAAAAAP/9+fXw6+Xh5OXq7/T7/gAAAAAAAAAAAAAAAQD//fjy6eXg4N7f5+3z/gYHCQkFAQAAAAAAAAEDBAP//vPt6OTu9f8BBwsNDxccDAH/AAAA
AAADBwgIA//z5N/Y0tTc5ur5AA8lKBEDAQAAAAAAAwgFBP316NrNzby2v9Te6vMHHB8MAgEAAAAA/wAE//3z9Oni2ta5tMjf6/H1/wkKAf3+AAAA//v7
/fb39vrz8fXiscHt+fv5+fr69ez0/AAAAP76+ffy+P8OCgsS4a7cBQv7+/Hy8Obr9P0AAP/8+vj4+gUVIikpItW6+CYU+/bt8O3o7/n/AAD//fr3/Ase
Kis+TTbv2A4xGAQB/gD58vn+/wAA//77/w0iLy8wSFcw9/EXLy0cExcMA/r5//8AAAD//wwdLjcxKjc+Ivr2FDk/KSgZCwb9+f3+AAAAAAELGCY0Nisf
IhL6BytGOiIcCQIC+vL5AAAAAAD9/AkYLjQiCgQKDipJRC8eDgsC9/P0+P0AAAAA+Pf6BRoiFQH9DihCQjQZDPv7+O3x8/j+AAAA//jz8fL6APrn7Qgc
JSQW8/Dt8uzj7fT5/wAAAP/89O/l3dXQzNTd8gUI+u7r6Ovs5O72/AAAAAAA/PXs4NLGw8XX3d7v+fn38e3y8+/0+v4AAAAAAP358uPX1tXZ5ufk7vn3
/Pv/Af36+/z+AAAAAAD+/Pfu5uPj7PHu8PL7+wYLFA4KAP3+/wAAAAAA//779/Ly9vn68/T6/wQOFxcUCwD+/wAAAAAAAAD//fr39/r5+/Hw9fX7+gMI
BQIA//8AAAAAAAAAAP769O7s6uLc3uHh3Nvj6vT4/f//AAAAAAAAAAAA/fv38e/s6efj5+nr7vP6/f8AAAAAAAAAAAAAAAD///////7+/f7+/v7/AAAA
AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAD//v38/Pz+AAAA/v//AAAA
AAAAAAAAAP////78+/j59/n9/wUJCAgHA///AAAAAAAAAP/7+fbv7vHz7ujzBAsQEQcADQ4OCgMAAAAAAP/79e/w8/sBAvn29fcEDw8KEhQfIBgMAwAA
AAD89fHu9QAHCwwGAQj+/QYOFBQSITI2HQoBAAD/+uzq7/wPERYVCv4F9gIKChAPER89TDMMAQAA//nn5+37EQ8RGAj47+fs9foFERcjTGNCDwEAAP/4
7Ov3BhkYHS0aA+vY1OHu+AcdK09vTBEBAAD/+vX3BBUjKCsxLyAI8ODV2N/t+wcoTEAQAQAA//v7ARMZHRkgLDY3FPfo29TFusLJ6QsbBwAAAP/+AAcX
FxIJHjM6MAbr0dTa0MO0ssTfAAIAAAAAAAMJDBQQEyYxMx/+2cfc6u/o1s7O4vsAAAAAAAAC/v4BCx8qHBsK897Y3Ozv+e/r5e76/wAAAAD//vHt6voQ
FxIN9t3W3OT9+Pr89vb5/P8AAAAAAP3x6tfW4O7w9Ofb4eLy+gAEAAIC//3+AAAA/wABBhDr1NHQ18/U3ez7BQwIDQcBCAf9/wAAAP//CBUxF/no3d/j
8v39AQwHDA8IBw0L/gAAAAABAAoXMCclEQMFCAsHBP4ECwsMCQ0RC///AAAAAAAEEh0bLCYWGw0I+/sHDwwKBQoZEQYBAAAAAP//BAMNFh4aEhMNCAYJ
CgsDBxAYFw0EAQAAAAD//wT8+gMMDwgQGBwSDhMKDA8QDQsIAwEAAAAAAAACAfz9ChEYGRkQEQ0PBP4ECAIDBAIBAAAAAAAA//79AAMRExgeIBwUCAgG
AgEAAwICAAAAAAAAAAD+/f3+BAcMDxEJCwkHAQD/AgQDAgAAAAAAAAAA///+/f3/AgL//f///vz+AAAAAAAAAAAAAAAAAAAAAAAAAAAA////////AAAA
AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAECAgIDBAYEAgIBAQICAQEBAAAAAAAAAAAAAAABBAcJEBIWFRUUExEREAsIBgMA
AAAAAAAAAAABAwUIDBIUExYbGxgdJSUdGBMNBwAAAAAAAAAAAAACBgUI//v9/v4LGR8mJyMdEgYBAAAAAAD/APz9/QL//u3v6vPy9wUTGxgUDwwFAAAA
AAAA//77+Pr79u3r7OXn7Ovw8vb3+fr8/f3/AAAAAP39+fT59vHq6uff4+Xe3dfV3OLl7fj6/gAAAAD+/Pbx9PTw6evl4N/Z0MW3vcvV2uPu9vz/AAAA
/fvz8vr78O7t6uXm1cGxsLzM1djl7PP7AAAA//359vgCAvn89vP45sq9vcPM2uLp9PLz/P8AAAD9+vwBCgYJBgIKB+PE0Nfd4+8BCREB9/wAAAAA/voA
DREOEAsWGQfg3fLz7er7ESEpE/z8AAAAAP76BhQPEBIXHBX87QEG9+/3ABkrNBz9/P8AAAD+9gQSEhUaISoT+P8OCvDs+AcaKywW/vsAAAAA/fL+EBYZ
Hi4vEwQTEgH08/4OGRscDfz5/wAAAPvv+QwaHik5Ow4HEwfz7gIKCQoMDAP4+v8AAAD66vAAFyIpQD8cDAz88QITFAsHCAT5+PwAAAAA+uvl8g4dJTY9
NhcIBxIcHxAKCgT+9vr+/wAAAPrt5Ov/DyAzRT8iGhwhHxgSDwj/9/b5/gAAAAD78OTi8wAXLTVAOTsxJxscDwf79Pb5/f8AAAAA/vXq3+j5BhkpPUU+
LB4bFAT58vb5/P4AAAAAAP/79Ofi5Or3+ggKBAgB+fPy9Pb3+v7/AAAAAAAA//z27eTd1tXb4ePl5Ofw9Pf4+/7/AAAAAAAAAAD//fr17+rl5OLj5+zw
9ff6/P7/AAAAAAAAAAAAAP/+/fv6+vn39/j5+vz9/v8AAAAAAAAAAAAAAAAAAP/////+/v7+/////wAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA/////////////wAAAAAA
AAAAAAAAAAAAAAD//v78+/v7+vr7/Pz+/v8AAAAAAAAAAAAAAP///fv49PHu6ujo6e3x9fj7/f7/AAAAAAAAAAAB//79+fHo4NbR0NDR193l7vT5/f8A
AAAAAQIBBAgLEA4OC/zr5uns6uXo7PPz9Pn9/wAAAAIGBQ0XHh8kJyIdDgAGERkVCwj+/Pf3+v8AAAEFDREXHSUfHBsmJxkeKS0sKRoTBAP79Pn+AAAC
BxMaGhMQCwkKFRoWKDdAOCslFxMI+fX6/wEAAgkVHhsLB/4GCQcGGipCUj8xKSMdDfj2+/8AAAMMFx8UCAgEDA0G/wkaNUQ7NB4cGAv59/3/AAADCxYc
EAMKDwLz4cjB4RQ0LiINDwgE+/oAAAAAAgcOEgsCAfzw3beYlsj8GRcSDQ8JBP//AQAAAAEEBwgH/Pfv3siqlqPT+AwdLi4gFxMKAQEAAAAAAQQC/Pvx
4dbLurHE4gAJNT00LiUZCQD/AAAAAAAAAvn49eje0cbT5vQOEyclJB0VBv79/gAAAAAA/wD47ebi3dHa7AIPDwMIDAYD+/j4/f8AAAAAAP/78OHb2dTR
3/END/7w8/Ty7unr7/f+AAAAAAD++evf2NbV2OT6CAz15uPf4dra4u/6/wAAAAD//Pbs3tjZ2eDp/wQC8eHc0tTS2ePx/P8AAAAA//z38Obi5eTn8fr3
8+7q39fT1uDp9P3/AAAAAP/9+vv4/Pr09O/y7vT58+je3d3l7/b9/wAAAAD//gIHDxYGAgD59fYBBP737OXl6vL3/f8AAAAAAAEHEhshHhkZFxQXFxgQ
Cfvz8fP2+P3/AAAAAAABBgsRGyUoJiwoJykpIhoOAfj7/f4AAAAAAAAAAAAAAQUKDxIUEBkbHRsYEgf+AAEAAAAAAAAAAAAAAAABAQECAgMHCAcHBwYD
AQEBAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAP///v79/fz8/f7+//8A
AAAAAAAAAAAAAAAA//79+/n39vLy8vP29vn9/wAAAAAAAAAAAAD//fz8+/r8BQoRDwf9+ff69fX4/wEAAAAAAP/++/j29fj2ChgZHhwdGwkJBfvz8/oC
AAAAAAD+/Pn19vz+AAgQCg0fFxEACwcDAAcBAv8AAAAA/v35+gIJBgb8+/rxBwT4BAEFDAwaEAH/AAAA//7+AAsSDhQMBA8L8fEA+woRCA8aHxUCAQEA
AP/+AQkUGBseGBcQA+fR5foEEw0SHR4K/QL/AAD//QcOGiEhJScdFgn02dvtBREMFR8cB/wAAAAA//4GEh0nJykdEhwrIvjn7vwGEBsnIhQFAwAAAAAA
BA4QFBAVAQEbOygLAfr7DholIBsRBAEAAAAAAP3++/n3/PEJKDUVHQ/0/QMLBAUEAQAAAAAAAP/58+fd3eL0FyoyIBYD//bw5efq8Pf+/wAAAAD/+evg
3OHw9gUnNCQN/e/p4Nja5ez1/f4AAAAA/vfq5u4CCAQPLiUJAwTv29nc3OPy9vr+AAAAAP316uwCGCIWJTUY/vQD7eDp7+zu9/r4/gAAAP/68PH5CRsn
JykeA+328+71+P30+/36+f8AAAD/+PD8BA0THBgEA+7o9vj5AQQEAQgF+/v/AAAA//fx/QwcDQYG8Pz27/vv9v4FCAwLA/r8/wAAAP/58/kNGgsH/fr/
BwH68fn+AwkIB/75/QAAAAD//PPv/AoHAAYTHyEbDAEBBgQEBwD+/f8AAAAAAP705N/sBAYIFik1KiYgFRMRDQYAAf7/AAAAAAD+9+vh4vP9AgwOEBUd
IA8VFgj//f//AAAAAAAAAPz39fHq6e7u7fL+BgUFAwL//v7/AAAAAAAAAAD//v7+/fv5+fj4+Pj6/P3+/v//AAAAAAAAAAAAAAAAAAAAAAAA////AAAA
AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAD/AAAAAAAAAAAAAAAAAAAAAAAAAAAA///+/v39/f7+//8A
AAAAAAAAAAAAAAAAAAD//v38+/n29fb4+vv9/v8AAAAAAAAAAAAA///+/Pr39O/q5N/e5Oru8/b6/f8AAAAAAAAA//769vLs7vj59+jcyszS2t/l6vH5
/gAAAAAA//327ubj6PIEDh0hGhYPCfnv493j8Pr+AAAA//326+Pc5O/9DB40SlRJLhgJAPDe3en2/QAA//748Ofo4vX2/Pv9FS0sHAwG/fz85uHp9f0A
AP/89u3v/PsDBAkIBggXFP7/Avv/9url7Pf9AAD//Pbx/w8PGRIZHgz0+/b7CAwIDQb78vD5/gAA/vr3/RQgHygfJR/77/0NFykjJzYlD/v2+/8AAP/7
+wwiKCAgJCAI6wAdJiw2Mjw6KxUC9/z/AAD//f8XJCAcGxQM9vENIyg4NS81Kx4F9PH6/wAAAP4CEhYYEg4G/vX2AQUaNTEcFBEC8efu+/8AAAD/AQsM
CAgK/QIA+OzpEDMqDQD56uPj7vv/AAAA//8EAfkADQYODPvj6gwkGALv6Nvg4e37/wAAAP/8+PPx/AQJDwr88PoXDAT37+rf3uLu/P8AAAD/+fPr7e3y
+gT/6u0GCPXz7/fz5eLm8v0AAAAA//rz7Ofk4Nrb19fm8ezs6e379+jq7/n+AAAAAP/79vHn3NXLxcLI5OXm6+jo9/Tt8vf/AAAAAAD//Pn06+He3djP
2eLk5ujh4+30+Pr+AgAAAAAA//779O3m7O/w7fLt8OTm4+Ln+gIGBgMAAAAAAAD/+/j08/33+vXy8O7j6evv/AkSEgsDAAAAAAAA//8AAQgLBAX89/Ht
9gAMDhYhHRQLAf8AAAAAAAAABgoQFRMWEBUWFxQdJCcoJxoLBAAAAAAAAAAAAgMHCAwREhMaHCEUEA0PDg4IAgEAAAAAAAAAAAAAAAEAAAD/AP4A/v79
/v8BAAAAAAAAAA==`);
const STEPS = 175;
const B = [-0.3, 0.32, 0.07, -0.23, 0.05, 1.04, -0.07, 0.52, -1.2, -0.21];

const DIGITS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], SIDE = 28, FAR = 4, TRUE = 5, ROW = 30;
const DIGIT = [...X].map((byte) => byte.charCodeAt(0) / 255);
const TEMPLATES = DIGITS.map((k) => Array.from({ length: SIDE * SIDE }, (_, d) =>
  (((W.charCodeAt(SIDE * SIDE * k + d) + 128) % 256) - 128) / STEPS));

const sum = (numbers) => numbers.reduce((a, b) => a + b, 0);

/** The digit moved by dx and dy pixels; ink that leaves the picture is lost. */
const moved = (dx, dy) => DIGIT.map((_, d) => {
  const column = (d % SIDE) - dx, row = Math.floor(d / SIDE) - dy, inside = (i) => i >= 0 && i < SIDE;
  return inside(column) && inside(row) ? DIGIT[SIDE * row + column] : 0;
});

/** Every number of the figure: x, and for each class the products x_d W_dk, the sums for and against it, the score. */
export function numbers({ dx, dy }) {
  const x = moved(dx, dy);
  const classes = DIGITS.map((k) => {
    const products = x.map((xd, d) => xd * TEMPLATES[k][d]);
    const [plus, minus] = [1, -1].map((sign) => sum(products.map((product) => Math.max(0, sign * product))));
    return { products, plus, minus, z: plus - minus + B[k] };
  });
  const scores = classes.map(({ z }) => z);
  return { x, classes, scores, answer: scores.indexOf(Math.max(...scores)) };
}

// ---- the drawing --------------------------------------------------------------------------------------------------

const PLUS = puor(0.65), MINUS = puor(-0.65), STRONG = 0.3;  // the weight that has the full colour
const grey = (t) => `rgb(${Array(3).fill(Math.round(255 * (1 - t)))})`;

/** 784 numbers from −1 to 1 as a picture: a path for each of 33 shades, with one stroke for equal neighbours. */
function picture(values, colour, x0, y0, size) {
  const shades = values.map((t) => Math.round(16 * clamp(t, -1, 1))), strokes = new Map();
  for (let d = 0, end; d < shades.length; d = end) {
    for (end = d + 1; end % SIDE && shades[end] === shades[d];) end++;
    const before = strokes.get(shades[d]) ?? "";
    if (shades[d]) strokes.set(shades[d], `${before}M${d % SIDE} ${Math.floor(d / SIDE)}h${end - d}`);
  }
  const box = { x: x0, y: y0, width: size, height: size, viewBox: "0 -0.5 28 28", "shape-rendering": "crispEdges" };
  return svg("svg", box, bar(0, -0.5, 28, 27.5, { fill: colour(0) }),
    ...[...strokes].map(([shade, d]) => path(d, { stroke: colour(shade / 16) })));
}

const signed = (values, ...place) => picture(values.map((value) => value / STRONG), puor, ...place);

/** The middle of a pixel in the i-th of the three pictures. */
const spotOf = (pixel, { cell, left, top }, i) =>
  [left[i] + ((pixel % SIDE) + 0.5) * cell, top + (Math.floor(pixel / SIDE) + 0.5) * cell];

/** The sum of products in pictures: the digit times a template is what speaks for and against, pixel by pixel. */
function drawPictures({ k, pixel }, { x, classes }, pictures) {
  const { left, top, size } = pictures, middle = left.map((x0) => x0 + size / 2);
  const y = top + size / 2 + 8, below = top + size + 22;
  const between = (i) => (left[i] + size + left[i + 1]) / 2, centred = { anchor: "middle" };
  const number = (shows) => ({ ...centred, shows }), wide = size > 150;
  return [
    text(middle[0], 16, "digit *x*: drag it", { ...centred, class: "value" }),
    text(middle[1], 16, `template of ${k}`, { ...centred, class: "parameter" }),
    text(middle[2], 16, wide ? "products: choose a pixel" : "products", centred),
    picture(x, grey, left[0], top, size), signed(TEMPLATES[k], left[1], top, size),
    signed(classes[k].products, left[2], top, size),
    ...left.map((x0) => bar(x0, top, x0 + size, top + size, { class: "stroke muted", fill: "none",
      style: "stroke-width: 1px" })),
    ...[0, 1].map((i) => {
      const [cx, cy] = spotOf(pixel, pictures, i);
      return svg("circle", { cx, cy, r: 8, class: "stroke value", fill: "none" });
    }),
    text(between(0), y + 5, "·", { ...centred, style: "font-size: 44px" }),
    text(between(1), y, "=", { ...centred, style: "font-size: 20px" }),
    text(middle[0], below, `*x*_d = ${fixed(x[pixel], 2)}`, { ...number("x"), class: "value" }),
    text(middle[1], below, `*W*_d${k} = ${fixed(TEMPLATES[k][pixel], 2)}`, { ...number("w"), class: "parameter" }),
    text(middle[2], below, `product = ${fixed(classes[k].products[pixel], 2)}`, number("product"))];
}

/** A class: its products, and the way to its score: out by what speaks for it, back by what speaks against, and b. */
function drawClass({ products, plus, minus, z }, k, wins, score, y) {
  const lane = (from, to, at, colour) => bar(score(from), y + at, score(to), y + at + 7, { style: `fill: ${colour}` });
  return [
    text(14, y + 20, k, { anchor: "middle", class: k === TRUE ? "label" : null }),
    signed(products, 32, y + 1, 28),
    lane(0, plus, 3, PLUS), lane(plus, plus - minus, 11, MINUS), lane(plus - minus, z, 19, "var(--muted)"),
    svg("circle", { cx: score(z), cy: y + 22.5, r: 4, class: "fill value" }),
    text(score.range[1] + 58, y + 20, fixed(z, 2),
      { anchor: "end", class: "value", "font-weight": wins ? 700 : null, shows: `z.${k}` })];
}

function drawScores({ k }, { classes, scores, answer }, score, y0) {
  const [x0, x1] = score.range, end = y0 + 10 * ROW, z = score(scores[answer]);
  return [
    ...[["for →", 0, PLUS], ["← against", 62, MINUS], ["+ bias", 152, "var(--muted)"]].flatMap(([name, at, fill]) =>
      [bar(x0 + at, y0 - 19, x0 + at + 10, y0 - 9, { style: `fill: ${fill}` }), text(x0 + at + 15, y0 - 10, name)]),
    text(x1 + 58, y0 - 10, "score *z*_k", { class: "value", anchor: "end" }),
    bar(0, y0 + ROW * k, x1 + 62, y0 + ROW * (k + 1), { style: "fill: var(--panel)" }),
    line(score(0), y0, score(0), end, { class: "stroke rule" }),
    line(z, y0, z, end, { class: "stroke value", "stroke-dasharray": "4 4" }),
    ...classes.flatMap((one, k) => drawClass(one, k, k === answer, score, y0 + ROW * k)),
    axis(score, end, [-10, -5, 0, 5, 10])];
}

const pixels = (n, less, more) => n && `${Math.abs(n)} pixel${n * n > 1 ? "s" : ""} ${n < 0 ? less : more}`;
const where = ({ dx, dy }) =>
  [pixels(dx, "left", "right"), pixels(dy, "up", "down")].filter(Boolean).join(", ") || "not moved";
const factors = (state) => {
  const { x, classes } = numbers(state), { pixel, k } = state;
  return `${fixed(x[pixel], 2)} times ${fixed(TEMPLATES[k][pixel], 2)} is ${fixed(classes[k].products[pixel], 2)}`;
};

function render(anywidget) {
  const figure = new Figure(anywidget, "A digit on ten templates: evidence for and against each class", initial);
  let pictures, score, y0;  // where the three pictures lie, the scale of the scores, and the top of the classes

  function draw(state, width) {
    const cell = width >= 600 ? 7 : 3.5, size = SIDE * cell, all = numbers(state);
    pictures = { cell, size, top: 26, left: [0, (width - size) / 2, width - size] };
    y0 = pictures.top + size + 66;
    score = scale([-12, 13], [68, width - 62]);
    return { height: y0 + 10 * ROW + 26, art: [
      ...drawPictures(state, all, pictures), ...drawScores(state, all, score, y0)] };
  }

  // The template, the product and the classes can be clicked. What is chosen has a handle too, for keys and fingers.
  const pixelAt = ([px, py], x0 = pictures.left[2]) =>
    SIDE * clamp(Math.floor((py - pictures.top) / pictures.cell), 0, SIDE - 1) +
    clamp(Math.floor((px - x0) / pictures.cell), 0, SIDE - 1);
  const classAt = ([, py]) => clamp(Math.floor((py - y0) / ROW), 0, 9);
  const pointOf = (event) => {
    const box = figure.stage.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };

  function clickable(place, changes) {
    const area = svg("rect", { fill: "transparent", style: "cursor: pointer" });
    area.addEventListener("click", (event) => figure.change(changes(pointOf(event))));
    figure.parts.push(() => ["x", "y", "width", "height"].forEach((side, i) => area.setAttribute(side, place()[i])));
    figure.knobs.append(area);
  }
  for (const i of [1, 2]) clickable(() => [pictures.left[i], pictures.top, pictures.size, pictures.size],
    (point) => ({ pixel: pixelAt(point, pictures.left[i]) }));
  clickable(() => [0, y0, score.range[1] + 62, 10 * ROW], (point) => ({ k: classAt(point) }));

  const ACROSS = 2 * FAR + 1, CORNER = 24;  // so many places in a row; where the ink ends
  const placeOf = ({ dx, dy }) => ACROSS * (dy + FAR) + dx + FAR;
  const digit = figure.handle({
    label: "place of the digit", min: 0, max: ACROSS ** 2 - 1, step: 1, up: -ACROSS, page: -ACROSS,
    value: placeOf,
    change: (place, old) => {
      const [dx, dy] = [(place % ACROSS) - FAR, Math.floor(place / ACROSS) - FAR];
      const round = Math.abs(place - placeOf(old)) === 1 && dy !== old.dy;  // past the end of a row
      return round ? {} : { dx, dy };
    },
    text: where,
    spot: ({ dx, dy }) => [(CORNER + dx) * pictures.cell, pictures.top + (CORNER + dy) * pictures.cell],
    read: ([px, py]) => {
      const [dx, dy] = [px, py - pictures.top].map((at) => Math.round(at / pictures.cell - CORNER));
      return placeOf({ dx: clamp(dx, -FAR, FAR), dy: clamp(dy, -FAR, FAR) });
    },
  });
  figure.parts.push(() => {  // all of its ink can be grasped
    const all = { cx: -10 * pictures.cell, cy: -10 * pictures.cell, r: Math.max(22, 14 * pictures.cell) };
    for (const [name, value] of Object.entries(all)) digit.querySelector(".reach").setAttribute(name, value);
  });

  /** A ring round what is chosen, as a handle. A click within its reach, without a drag, chooses what lies there. */
  function ring(name, r, colour, read, its) {
    const node = figure.handle({ min: 0, step: 1, cursor: "pointer", read,
      value: (state) => state[name], change: (number) => ({ [name]: number }), ...its });
    const knob = node.querySelector(".knob");
    knob.setAttribute("r", r);
    knob.setAttribute("style", `fill: none; stroke: var(--${colour}); stroke-width: 2px`);
    let before;
    node.addEventListener("pointerdown", () => (before = figure.state[name]));
    node.addEventListener("click", (event) =>
      figure.state[name] === before && figure.change({ [name]: read(pointOf(event)) }));
  }
  ring("pixel", 8, "value", (point) => pixelAt(point), {
    label: "pixel", max: SIDE ** 2 - 1, up: -SIDE, page: -SIDE,
    text: (state) => `row ${Math.floor(state.pixel / SIDE)}, column ${state.pixel % SIDE}: ${factors(state)}`,
    spot: ({ pixel }) => spotOf(pixel, pictures, 2),
  });
  ring("k", 12, "ink", classAt, {
    label: "class", max: 9, up: -1, page: -3,
    text: (state) => `${state.k}, score ${fixed(numbers(state).scores[state.k], 2)}`,
    spot: ({ k }) => [14, y0 + (k + 0.5) * ROW],
  });

  figure.equation((state) => {
    const { k } = state, { plus, minus, z } = numbers(state).classes[k];
    return [sub("z", `${k}`),
      ["=", sub("Σ", "d"), role("value", sub("x", "d")), role("parameter", sub("W", `d${k}`)), "+", sub("b", `${k}`)],
      ["=", role("parameter", words("for\u00a0"), shown("plus", fixed(plus, 2))), "−",
        role("gradient", words("against\u00a0"), shown("minus", fixed(minus, 2))), "+", shown("b", factor(B[k], 2))],
      ["=", role("value", shown(`z.${k}`, fixed(z, 2)))]];
  });

  return figure.start({ draw, describe: (state) => {
    const { classes, scores, answer } = numbers(state), { k } = state, { plus, minus, z } = classes[k];
    return `Digit ${where(state)}. Class ${k}: evidence for ${fixed(plus, 2)}, against ${fixed(minus, 2)}, bias ` +
      `${fixed(B[k], 2)}, score ${fixed(z, 2)}. Class ${answer} has the largest score, ${fixed(scores[answer], 2)}. ` +
      `In the pixel, ${factors(state)}.`;
  } });
}

export default { render };
