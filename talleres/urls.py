from django.urls import path

from .views import (
    acuerdos,
    aportes,
    certificados,
    choques,
    cierre,
    convocatoria,
    cronograma,
    documentos,
    edicion,
    encuentro,
    evidencias,
    itinerario,
    planilla_asistencia,
    por_hacer,
    preparacion,
    puerta,
    registro,
    respuesta,
    suscripcion,
    traslados,
)
from .views import (
    publicas as sin_cuenta,
)

app_name = "talleres"

urlpatterns = [
    path("", cronograma.inicio, name="inicio"),
    path("cronograma/<slug:estrategia>/mes/<str:mes>/", cronograma.mes, name="mes"),
    path("cronograma/<slug:estrategia>/lista/", cronograma.lista, name="lista"),
    path(
        "cronograma/<slug:estrategia>/cronograma.pdf",
        documentos.cronograma_pdf,
        name="cronograma_pdf",
    ),
    path("suscripciones/", suscripcion.suscripciones, name="suscripciones"),
    path("suscripciones/<int:pk>/cambiar/", suscripcion.cambiar, name="cambiar_suscripcion"),
    path(
        "suscripciones/<int:pk>/revocar/",
        suscripcion.revocar_suscripcion,
        name="revocar_suscripcion",
    ),
    path("calendario/<str:clave>.ics", suscripcion.calendario, name="calendario"),
    path("cronograma/<slug:estrategia>/proponer/", itinerario.proponer, name="proponer"),
    path(
        "cronograma/<slug:estrategia>/proponer/guardar/",
        itinerario.guardar_propuestos,
        name="guardar_propuestos",
    ),
    path("cronograma/<slug:estrategia>/<str:semana>/", cronograma.cronograma, name="cronograma"),
    path("choques/<slug:estrategia>/", choques.choques, name="choques"),
    path("choques/<slug:estrategia>/aceptar/", choques.aceptar, name="aceptar_choque"),
    path("choques/<slug:estrategia>/retirar/", choques.retirar, name="retirar_choque"),
    path("por-hacer/", por_hacer.por_hacer, name="por_hacer"),
    path("encuentros/nuevo/", edicion.crear, name="crear_encuentro"),
    path("encuentros/<int:pk>/", encuentro.encuentro, name="encuentro"),
    path("encuentros/<int:pk>/editar/", edicion.editar, name="editar_encuentro"),
    path("encuentros/<int:pk>/cancelar/", edicion.cancelar, name="cancelar_encuentro"),
    path("encuentros/<int:pk>/cerrar/", cierre.cerrar, name="cerrar_encuentro"),
    path("encuentros/<int:pk>/viajes/", traslados.traslados, name="traslados"),
    path("encuentros/<int:pk>/acuerdo/", acuerdos.anotar, name="anotar_acuerdo"),
    path("encuentros/<int:pk>/plantilla/", preparacion.usar_plantilla, name="usar_plantilla"),
    path("encuentros/<int:pk>/agenda/", preparacion.editar_agenda, name="editar_agenda"),
    path("encuentros/<int:pk>/insumos/", preparacion.insumos, name="insumos"),
    path("encuentros/<int:pk>/insumos/editar/", preparacion.editar_insumos, name="editar_insumos"),
    # El tablero y lo que cambió en él los monta config: dicen qué nació de cada tarjeta.
    path("encuentros/<int:pk>/aportes/anotar/", aportes.anotar, name="anotar_aporte"),
    path("encuentros/<int:pk>/aportes/agrupar/", aportes.agrupar, name="agrupar_aportes"),
    path("aportes/<int:pk>/corregir/", aportes.corregir, name="corregir_aporte"),
    path("aportes/<int:pk>/retirar/", aportes.retirar, name="retirar_aporte"),
    path("aportes/<int:pk>/reponer/", aportes.reponer, name="reponer_aporte"),
    path("aportes/<int:pk>/mover/", aportes.mover, name="mover_aporte"),
    path("cumulos/<int:pk>/", aportes.titular, name="titular_cumulo"),
    path("encuentros/<int:pk>/agenda.pdf", documentos.agenda_pdf, name="agenda_pdf"),
    # Evidencias.
    path("encuentros/<int:pk>/evidencias/", evidencias.evidencias, name="evidencias"),
    path("encuentros/<int:pk>/evidencias/subir/", evidencias.subir, name="subir_evidencias"),
    path("evidencias/<int:pk>/", evidencias.evidencia, name="evidencia"),
    path("evidencias/<int:pk>/archivo/", evidencias.archivo, name="archivo_evidencia"),
    path("evidencias/<int:pk>/miniatura/", evidencias.miniatura, name="miniatura_evidencia"),
    path("evidencias/<int:pk>/describir/", evidencias.describir, name="describir_evidencia"),
    path("evidencias/<int:pk>/retirar/", evidencias.retirar, name="retirar_evidencia"),
    path("evidencias/<int:pk>/suprimir/", evidencias.suprimir, name="suprimir_evidencia"),
    # Ayuda memoria.
    path("encuentros/<int:pk>/ayuda-memoria/", cierre.editar_memoria, name="editar_memoria"),
    path(
        "encuentros/<int:pk>/ayuda-memoria.pdf",
        documentos.ayuda_memoria_pdf,
        name="ayuda_memoria_pdf",
    ),
    path(
        "encuentros/<int:pk>/ayuda-memoria.docx",
        documentos.ayuda_memoria_docx,
        name="ayuda_memoria_docx",
    ),
    # --- Registro de participantes
    path("encuentros/<int:pk>/registro/", registro.registro, name="registro"),
    path("encuentros/<int:pk>/registro/anotar/", registro.anotar, name="anotar_participante"),
    path("encuentros/<int:pk>/registro/nomina.csv", registro.nomina_csv, name="nomina_csv"),
    path("encuentros/<int:pk>/registro/nomina.xlsx", registro.nomina_xlsx, name="nomina_xlsx"),
    path("encuentros/<int:pk>/registro/planilla/", planilla_asistencia.planilla, name="planilla"),
    path(
        "encuentros/<int:pk>/registro/planilla/confirmar/",
        planilla_asistencia.confirmar,
        name="confirmar_planilla",
    ),
    path("participantes/<int:pk>/corregir/", registro.corregir, name="corregir_participante"),
    path("participantes/<int:pk>/datos.csv", registro.datos_csv, name="datos_de_participante"),
    path("participantes/<int:pk>/quitar/", registro.quitar, name="quitar_participante"),
    path("participantes/<int:pk>/distinguir/", registro.distinguir, name="distinguir_participante"),
    path("participantes/<int:pk>/suprimir/", registro.suprimir, name="suprimir_participante"),
    # --- La puerta y los certificados
    path("encuentros/<int:pk>/hoja-de-asistencia.pdf", puerta.hoja_pdf, name="hoja_pdf"),
    path("encuentros/<int:pk>/puerta/", puerta.puerta, name="puerta"),
    path("encuentros/<int:pk>/puerta/abrir/", puerta.abrir, name="abrir_puerta"),
    path("encuentros/<int:pk>/puerta/cerrar/", puerta.cerrar, name="cerrar_puerta"),
    path("encuentros/<int:pk>/puerta/cartel/", puerta.cartel, name="cartel"),
    path("encuentros/<int:pk>/puerta/cartel.pdf", puerta.cartel_pdf, name="cartel_pdf"),
    path(
        "encuentros/<int:pk>/participantes.pdf",
        certificados.participantes_pdf,
        name="participantes_pdf",
    ),
    path("encuentros/<int:pk>/certificados/", certificados.certificados, name="certificados"),
    path("encuentros/<int:pk>/certificados/emitir/", certificados.emitir, name="emitir"),
    path(
        "encuentros/<int:pk>/certificados.pdf",
        certificados.certificados_pdf,
        name="certificados_pdf",
    ),
    path("certificados/<int:pk>/certificado.pdf", certificados.uno_pdf, name="certificado_pdf"),
    path("certificados/<int:pk>/revocar/", certificados.revocar, name="revocar_certificado"),
    # Convocatoria
    path("encuentros/<int:pk>/convocatoria/", convocatoria.convocatoria, name="convocatoria"),
    path("encuentros/<int:pk>/convocatoria/reenviar/", convocatoria.reenviar, name="reenviar"),
    path("encuentros/<int:pk>/convocatoria/recordar/", convocatoria.recordar, name="recordar"),
    path(
        "encuentros/<int:pk>/convocatoria/oficios.pdf", convocatoria.oficios_pdf, name="oficios_pdf"
    ),
    path("convocatorias/<int:pk>/", convocatoria.destinatario, name="destinatario"),
    path("convocatorias/<int:pk>/constancia/", convocatoria.constancia, name="constancia"),
    path("convocatorias/<int:pk>/respuesta/", convocatoria.respuesta, name="anotar_respuesta"),
    path("convocatorias/<int:pk>/revocar/", convocatoria.revocar, name="revocar_enlace"),
    path("convocatorias/<int:pk>/oficio.pdf", convocatoria.oficio_pdf, name="oficio_pdf"),
    path("responder/<str:enlace>/", respuesta.responder, name="responder"),
]

# Las que se abren sin cuenta: config las monta en la raíz, porque se teclean.
publicas = [
    path("r/<str:clave>/", sin_cuenta.registro, name="registro"),
    path("r/<str:clave>/gracias/", sin_cuenta.gracias, name="gracias"),
    path("c/", sin_cuenta.comprobar, name="comprobar"),
    path("c/<str:codigo>/", sin_cuenta.certificado, name="certificado"),
]
