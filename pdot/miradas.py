"""Las miradas con que se cuenta el avance: qué ve quien lo lee.

Dos personas del mismo rol y la misma zona ven lo mismo, así que sus cifras se cuentan una vez. No
se repite aquí ninguna regla de quién ve qué: se cuenta con una cuenta de mentira de ese rol y esa
zona, por los mismos `visibles_para` con que se arma la lista que explica cada cifra.
"""

from territorios.jurisdiccion import Rol
from territorios.models import Usuario, Zona

PAIS = "pais"
# La mirada de quien observa el país: de ella salen también los datos abiertos.
OBSERVA_EL_PAIS = Rol.OBSERVADOR.value


def mirada_de(usuario):
    """La clave de su mirada; "" si es la de un GAD, que se cuenta en el momento: son pocos."""
    if usuario.gad_id:
        return ""
    return f"{usuario.rol}-{usuario.zona_id}" if usuario.zona_id else usuario.rol


def miradas():
    """{clave: cuenta que nunca se guarda} de todas las miradas. Una consulta."""
    cuentas = [Usuario(rol=Rol.CENTRAL), Usuario(rol=Rol.OBSERVADOR)]
    for zona in Zona.objects.order_by("numero").values_list("pk", flat=True):
        cuentas += [Usuario(rol=rol, zona_id=zona) for rol in (Rol.ZONAL, Rol.OBSERVADOR)]
    return {mirada_de(cuenta): cuenta for cuenta in cuentas}


def ambito_de_zona(zona):
    return f"zona-{zona}"


def ambito_de_grupo(grupo):
    return f"grupo-{grupo}"
