"""El tablero de aportes y la ficha de un acuerdo, con la traza entre la tarjeta y lo nacido."""

from django.views.decorators.cache import never_cache

from talleres.views.acuerdos import pagina_de_acuerdo
from talleres.views.aportes import cambios_de_aportes, pagina_de_aportes
from territorios.jurisdiccion import Permiso, exige

from ..models import Emparejamiento
from ..promociones import nacidos_de, tarjetas_de


@exige(Permiso.VER_ACOMPANAMIENTO)
@never_cache
def aportes(request, pk):
    return pagina_de_aportes(request, pk, nacidos_de)


@exige(Permiso.VER_ACOMPANAMIENTO)
def cambios(request, pk):
    return cambios_de_aportes(request, pk, nacidos_de)


@exige(Permiso.VER_ACOMPANAMIENTO)
def acuerdo(request, pk):
    return pagina_de_acuerdo(request, pk, _de_que_nacio)


def _de_que_nacio(acuerdo, origen, usuario):
    if origen:
        return {"tarjeta": tarjetas_de(usuario, acuerdo=[acuerdo]).get(("acuerdo", acuerdo.pk))}
    emparejados = Emparejamiento.objects.visibles_para(usuario).filter(acuerdo=acuerdo)
    return {"libro": next((uno.get_absolute_url() for uno in emparejados), None)}
